import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.scenario.locate import key_lines
from kiwoom_sim.scenario.values import show, show_key

TEXT = '''schema = 1
name = "a = [b] # no"   # [not.a.table]
text = """
[nor] = "this"
"""
[clock] # comment
mode = "real"
start = 2026-03-23 09:30:00
wire."x.y".z = 1
[[phase]]
id = "calm"
[[phase]]
id = "storm"
set = { "wire.rest" = 1, "b" = [ { c = 2 } ] }
[[rule]]
do = [
  { kind = "a" },
  { kind = "b" },
]
[rule.when]
every = 2
[[rule.match.list]]
x = 1
'''


def test_every_key_has_its_line() -> None:
    lines = key_lines(TEXT)
    expected = {
        ("schema",): 1,
        ("name",): 2,
        ("text",): 3,
        ("clock",): 6,
        ("clock", "mode"): 7,
        ("clock", "start"): 8,
        ("clock", "wire", "x.y", "z"): 9,
        ("phase",): 10,
        ("phase", 0): 10,
        ("phase", 0, "id"): 11,
        ("phase", 1): 12,
        ("phase", 1, "set", "wire.rest"): 14,
        ("phase", 1, "set", "b", 0, "c"): 14,
        ("rule", 0, "do"): 16,
        ("rule", 0, "do", 0, "kind"): 17,
        ("rule", 0, "do", 1, "kind"): 18,
        ("rule", 0, "when"): 20,
        ("rule", 0, "when", "every"): 21,
        ("rule", 0, "match", "list", 0, "x"): 23,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert ("nor",) not in lines


VALUES = st.recursive(
    st.integers(-5, 5) | st.booleans() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4, alphabet="ab.=[]#\"' 가"), inner, max_size=3)
    ),
    max_leaves=8,
)


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, inner in pairs:
        found.append((*path, key))
        if isinstance(inner, dict | list):
            found += paths_of(inner, (*path, key))
    return found


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_no_key_of_an_accepted_text_is_missed(document: dict[str, Any]) -> None:
    text = "".join(f"{show_key(key)} = {show(value)}\n" for key, value in document.items())
    assert tomllib.loads(text) == document
    lines = key_lines(text)
    for path in paths_of(document):
        assert lines[path] == list(document).index(str(path[0])) + 1
