from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.extends import DEPTH_MAX, lists_by_id, read_document
from kiwoom_sim.scenario.loader import load_scenario, parse_scenario
from kiwoom_sim.scenario.render import render_scenario

BASE = """
schema = 1
name = "base"
description = "from below"
tags = ["a", "b"]
seed = 5
clock = { mode = "scaled", speed = 20 }

[[phase]]
id = "calm"
for = "30s"

[[phase]]
id = "storm"
set = { "wire.ping_interval" = "2s" }

[[rule]]
id = "page"
phase = "storm"
when = { every = 5 }
do = { kind = "http_error", status = 502, body = "html" }
"""
ABOVE = """
extends = "base.toml"
tags = ["c"]
clock = { speed = 30 }

[[phase]]
id = "storm"
for = "1m"

[[phase]]
id = "rest"

[[rule]]
id = "page"
when = { max = 3 }
do = { kind = "latency", delay = "1s" }

[[rule]]
id = "new"
do = { kind = "disconnect" }
"""


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(texts))}.toml"


def refused(file: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    return str(caught.value).replace(str(file.parent), "DIR")


def test_tables_are_merged_and_lists_of_tables_by_their_ids(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, above=ABOVE, base=BASE))
    assert (scenario.name, scenario.description, scenario.seed) == ("above", "from below", 5)
    assert scenario.tags == ("c",)
    assert (scenario.clock.mode, scenario.clock.speed) == ("scaled", 30)
    assert [(phase.id, phase.for_ms) for phase in scenario.phases] == [
        ("calm", 30_000), ("storm", 60_000), ("rest", None),
    ]  # fmt: skip
    assert scenario.phases[1].settings == {"wire.ping_interval": 2_000}
    page, new = scenario.rules
    assert (page.phase, page.when.every, page.when.max) == (("storm",), 5, 3)
    assert type(page.do[0]).__name__ == "Latency"
    assert new.id == "new"


def test_an_empty_list_takes_away_what_was_below(tmp_path: Path) -> None:
    above = 'extends = "base.toml"\nrule = []\nphase = []\n'
    scenario = load_scenario(written(tmp_path, above=above, base=BASE))
    assert (scenario.rules, scenario.phases) == ((), ())


def test_events_without_an_id_come_on_top(tmp_path: Path) -> None:
    event = '[[event]]\nat = "{}s"\ndo = {{ kind = "no_trade", code = "005930" }}\n'
    above = f'schema = 1\nextends = "base.toml"\n{event.format(2)}'
    base = f"schema = 1\n{event.format(1)}"
    scenario = load_scenario(written(tmp_path, above=above, base=base))
    assert [event.at.ms for event in scenario.events] == [1_000, 2_000]


def test_a_shipped_name_may_be_extended_from_anywhere() -> None:
    scenario = parse_scenario('extends = "normal_market"\nseed = 9', name="mine")
    assert (scenario.name, scenario.seed) == ("mine", 9)
    assert scenario.clock.session == "always-open"
    assert scenario.extends == ""


def test_the_resolved_file_needs_nothing_else(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, above=ABOVE, base=BASE))
    text = render_scenario(scenario)
    assert "extends" not in text
    assert parse_scenario(text) == scenario


def test_files_are_found_beside_the_one_that_names_them(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    written(inner, middle='extends = "../base.toml"')
    file = written(tmp_path, above='extends = "inner/middle.toml"', base=BASE)
    assert load_scenario(file).seed == 5


def test_a_problem_is_told_where_its_value_was_written(tmp_path: Path) -> None:
    base = BASE.replace("seed = 5", "seed = -5")
    above = ABOVE.replace('"1m"', '"1"').replace('"latency"', '"latncy"')
    told = refused(written(tmp_path, above=above, base=base)).splitlines()
    assert told[0].startswith('DIR/above.toml:8: phase[1].for: "1" is not a duration')
    assert told[1].startswith('DIR/above.toml:16: rule[0].do.kind: unknown fault kind "latncy"')
    assert told[-1] == "DIR/base.toml:6: seed: -5 is below 0"


def test_a_list_that_is_replaced_has_its_own_lines(tmp_path: Path) -> None:
    above = 'schema = 1\nextends = "base.toml"\ntags = [\n  "x",\n  1,\n]'
    told = refused(written(tmp_path, above=above, base=BASE))
    assert told == "DIR/above.toml:5: tags[1]: 1 is not a text in quotes"


def test_a_file_below_that_is_not_toml_is_named(tmp_path: Path) -> None:
    told = refused(written(tmp_path, above=ABOVE, base="schema = \n"))
    assert told.startswith("DIR/base.toml:1: not TOML")
    (tmp_path / "base.toml").write_bytes(b"# \xff")
    assert refused(tmp_path / "above.toml").startswith("DIR/above.toml:2: extends: DIR/base.toml")


def test_a_circle_is_told(tmp_path: Path) -> None:
    file = written(tmp_path, a='extends = "b.toml"', b='\nextends = "a.toml"')
    told = "DIR/b.toml:2: extends: goes round in a circle: DIR/a.toml > DIR/b.toml > DIR/a.toml"
    assert refused(file) == told


def test_a_tower_is_told(tmp_path: Path) -> None:
    texts = {f"s{n}": f'extends = "s{n + 1}.toml"' for n in range(DEPTH_MAX)}
    file = written(tmp_path, **texts, **{f"s{DEPTH_MAX}": "schema = 1"})
    assert "extends: more than 8 scenarios stand on one another" in refused(file)
    (tmp_path / "s7.toml").write_text("schema = 1", encoding="utf-8")
    assert load_scenario(file).name == "s0"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ('"normal_markt"', 'did you mean "normal_market"?'),
        ('"abuve.toml"', 'did you mean "above.toml"?'),
        ('"zzz"', "  allowed: "),
        ("3", "3 is not a shipped name"),
        ('""', '"" is not a shipped name'),
    ],
)
def test_what_does_not_exist_cannot_be_extended(tmp_path: Path, named: str, told: str) -> None:
    assert told in refused(written(tmp_path, above=f"schema = 1\nextends = {named}"))


def test_a_text_without_a_file_extends_no_files() -> None:
    with pytest.raises(ScenarioError, match="neither a shipped scenario nor a file"):
        read_document('extends = "pyproject.toml"', "made.toml")


def test_lists_that_are_merged_are_those_with_ids() -> None:
    assert {"phase", "rule", "event"} <= lists_by_id()
    assert not {"account", "tags"} & lists_by_id()
