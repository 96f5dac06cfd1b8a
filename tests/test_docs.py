"""Hold the documentation to the code: complete, fresh, with examples that work."""

import ast
import builtins
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct, inspect

from docs.generate import PAGES, stale
from docs.pages import cli, coverage, faults
from docs.pages.markdown import LANGUAGES, words
from kiwoom_sim.cli.main import VERBS
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.scenario.fields import alternatives, fields_of, tagged_structs
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.wire.house import House, simulator

ROOT = Path(__file__).parent.parent
PROSE = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md")])
HAND_WRITTEN = [path for path in PROSE if path.name not in PAGES]
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    """Return the code blocks of a language in a page."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def structs(struct: type[Struct]) -> Iterator[type[Struct]]:
    """Yield a config struct and all structs that a file writes inside it."""
    yield struct
    for field in fields_of(struct):
        if field.kind:
            continue
        member = alternatives(field.type)[0]
        is_list = isinstance(member, inspect.VarTupleType)
        possible = alternatives(member.item_type) if is_list else alternatives(field.type)
        for each in tagged_structs(possible).values():
            yield from structs(each)
        for each in possible:
            if isinstance(each, inspect.StructType) and not each.tag:
                yield from structs(each.cls)


def test_generated_pages_are_fresh() -> None:
    assert [relative(path) for path in stale()] == [], "run `make docs`"


def test_both_languages_have_the_same_pages_and_words() -> None:
    english, korean = (
        sorted(path.name for path in ROOT.glob(f"docs/{language}/*.md")) for language in LANGUAGES
    )
    assert english == korean

    def keys(table: dict[str, object]) -> dict[str, object]:
        return {
            key: keys(value) if isinstance(value, dict) else None for key, value in table.items()
        }

    assert keys(words("en")) == keys(words("ko"))


@pytest.mark.parametrize("name", [path.name for path in ROOT.glob("docs/en/*.md")])
def test_pages_of_both_languages_have_the_same_parts(name: str) -> None:
    shapes = [
        re.findall(r"^(#+|\|---|```\w*)", read("docs", language, name), re.MULTILINE)
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


def test_readmes_have_the_same_parts() -> None:
    shapes = [
        re.findall(r"^(#+|\|---|```\w*|- \*\*|- )", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in READMES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_is_documented(language: str) -> None:
    page = read("docs", language, "cli-reference.md")
    sections = dict(re.findall(r"^## `(\S+)`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert list(sections) == list(VERBS)
    for verb, section in sections.items():
        for parameter in cli.parameters(verb):
            assert parameter.meaning, f"{verb} {parameter.names} says nothing"
            for name in parameter.names or (parameter.metavar,):
                assert f"`{name}" in section, f"{verb} {name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scenario_key_is_documented(language: str) -> None:
    page = read("docs", language, "scenario-reference.md") + read("docs", language, "faults.md")
    for struct in structs(Scenario):
        for field in fields_of(struct):
            assert field.doc, f"{struct.__name__}.{field.attribute} has no docstring entry"
            assert re.search(rf"^\| `{field.key}` \|.*{re.escape(field.doc)}", page, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_kind_is_documented_with_an_example(language: str) -> None:
    page = read("docs", language, "faults.md")
    assert re.findall(r"^## `(\w+)`$", page, re.MULTILINE) == sorted(faults.kinds())
    assert set(faults.EXAMPLES) == set(faults.kinds())
    for name, example in faults.EXAMPLES.items():
        assert f'kind = "{name}"' in example
        assert example.strip() in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_is_in_the_coverage_and_every_fixed_field_has_its_reason(language: str) -> None:
    page = read("docs", language, "api-coverage.md")
    for spec in [*coverage.apis(), *coverage.types()]:
        name = spec.api_id if isinstance(spec, coverage.ApiSpec) else spec.type
        assert f"`{name}`" in page
        if not spec.served:
            continue
        assert spec.fidelity in {"exact", "modelled", "canned"}
        fields = [spec.reply, spec.row] if isinstance(spec, coverage.ApiSpec) else [spec.values]
        for key, field in (pair for group in fields for pair in group.items()):
            if field.canned is not None or field.blank:
                assert field.reason, f"{name}.{key} is fixed without a reason"
                assert f"`{key}`" in page


@pytest.mark.parametrize("path", READMES, ids=relative)
def test_readme_counts_are_right(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    counts = coverage.counts()
    for number in (counts["total"], counts["served"], counts["pushed"]):
        assert re.search(rf"\b{number}(?!\d)", text), number
    symbols = len(load_universe(MarketConfig(), 1))
    assert f"{symbols:,}" in text, symbols
    shipped = len(list(ROOT.glob("scenarios/*.toml")))
    assert re.search(rf"\b{shipped}( scenarios|개)", text), shipped


@pytest.mark.parametrize("path", PROSE, ids=relative)
def test_no_link_is_dead(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http://", "https://")):
            file = target.partition("#")[0]
            assert (path.parent / file).is_file(), target


def commands(path: Path) -> list[list[str]]:
    """Return the words of every command of ours that a page names."""
    text = path.read_text(encoding="utf-8")
    shell = "\n".join(blocks(path, "sh"))
    inline = "\n".join(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text))
    lines = [re.sub(r"\s#.*", "", line) for line in f"{shell}\n{inline}".splitlines()]
    return [line.split() for line in lines if re.match(r"(make|kiwoom-sim)( |$)", line)]


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=relative)
def test_commands_in_prose_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for program, *rest in commands(path):
        if not rest:
            continue
        verb, *more = rest
        if program == "make":
            assert verb in targets, verb
        elif not verb.startswith("-"):
            assert verb in VERBS, verb
            known = {name for each in cli.parameters(verb) for name in each.names} | {"--help"}
            ours = more[: more.index("--")] if "--" in more else more
            assert {word for word in ours if word.startswith("--")} <= known, more


@pytest.mark.parametrize("path", PROSE, ids=relative)
def test_toml_examples_are_valid_scenarios(path: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(path, "toml")):
        whole = block if "schema = 1" in block else f"schema = 1\n{block}"
        file = tmp_path / f"block_{number}.toml"
        file.write_text(whole, encoding="utf-8")
        load_scenario(file, hooks="unread")


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=relative)
def test_python_examples_compile(path: Path) -> None:
    for block in blocks(path, "python"):
        compile(block, path.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with simulator("normal_market") as running:
        yield running


def pointed_at(house: House, text: str) -> str:
    """Return an example with the addresses of a simulator on free ports."""
    text = text.replace("http://127.0.0.1:5116", house.rest_url)
    return text.replace("ws://127.0.0.1:5117", house.ws_url)


class EnoughError(Exception):
    """End an example that would go on for ever."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_listening_example_hears_the_market(
    house: House, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = next(
        block for block in blocks(ROOT / "docs" / language / "quick-start.md", "python")
        if "asyncio.run(main())" in block
    )  # fmt: skip
    assert len(example.splitlines()) <= 30
    # A client that stops listening with a full queue would take its full time-out to close.
    example = example.replace("connect(SOCKET)", "connect(SOCKET, max_queue=None)")
    heard: list[str] = []

    def listen(text: str) -> None:
        heard.append(text)
        if len(heard) == 6:
            raise EnoughError

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(builtins, "print", listen)
    with pytest.raises(EnoughError):
        exec(compile(pointed_at(house, example), "quick-start", "exec"), {"__name__": "example"})  # noqa: S102
    assert heard[0].startswith('{"trnm":"LOGIN","return_code":0')
    assert heard[1].startswith('{"trnm":"REG","return_code":0')
    assert all(text.startswith('{"trnm":"REAL"') for text in heard[2:])


@pytest.mark.system
@pytest.mark.parametrize(
    "path", [*READMES, ROOT / "docs/en/quick-start.md", ROOT / "docs/ko/quick-start.md"],
    ids=relative,
)  # fmt: skip
def test_curl_examples_answer(house: House, path: Path) -> None:
    if shutil.which("curl") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("curl is missing")
        pytest.skip("curl is missing")
    example = next(block for block in blocks(path, "sh") if "TOKEN=" in block)
    script = pointed_at(house, example).replace("python3", sys.executable)
    environment = {"PATH": os.environ["PATH"], "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        ["sh", "-eu"], input=script, env=environment, capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"stk_cd":"005930"' in done.stdout
