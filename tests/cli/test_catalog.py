import json
import tomllib
from pathlib import Path

import pytest

from kiwoom_sim.cli import catalog
from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.scenario.groups import GROUPS, rank
from kiwoom_sim.scenario.loader import load_scenario, parse_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_list_shows_one_line_for_each_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    names = [line.split("\t")[0] for line in lines]
    assert sorted(names) == sorted(path.stem for path in SCENARIOS.glob("*.toml"))
    groups = [line.split("\t")[1] for line in lines]
    assert set(groups) <= set(GROUPS)
    assert groups == sorted(groups, key=rank)


def test_list_filters_by_tag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--tag", "429", "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    tagged = {path.stem for path in SCENARIOS.glob("*.toml") if "429" in load_scenario(path).tags}
    assert {entry["name"] for entry in result} == tagged
    assert "rate_limit" in tagged


def test_list_filters_by_group_and_says_so_when_nothing_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["list", "--group", "limits", "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert {entry["group"] for entry in result} == {"limits"}
    assert {entry["name"] for entry in result} > {"rate_limit", "limit_penalty"}
    assert main(["list", "--group", "tokens", "--tag", "429"]) == Exit.OK
    assert capsys.readouterr() == ("", "no scenario is like that\n")


@pytest.mark.parametrize(
    ("option", "wrong", "right"), [("--tag", "492", "429"), ("--group", "limit", "limits")]
)
def test_list_knows_what_a_wrong_filter_meant(
    option: str, wrong: str, right: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", option, wrong]) == Exit.USAGE
    err = capsys.readouterr().err
    assert err.startswith(f'{option}: unknown {option[2:]} "{wrong}"\n  allowed: ')
    assert f'did you mean "{right}"?' in err


def test_show_prints_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "scenarios/rate_limit.toml"]) == Exit.OK
    out, err = capsys.readouterr()
    assert out.startswith("# ")
    assert "scenarios/rate_limit.toml does not exist" in err


def test_show_prints_what_a_run_would_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "rate_limit", "--resolved", "--set", "seed=9"]) == Exit.OK
    printed = parse_scenario(capsys.readouterr().out)
    assert printed == load_scenario("rate_limit", overrides=["seed=9"])


def test_show_answers_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "rate_limit", "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["shipped"]
    assert tomllib.loads(result["text"])["seed"] == 1700


def test_show_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--schema"]) == Exit.OK
    plain = json.loads(capsys.readouterr().out)
    assert main(["show", "--schema", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["result"] == plain
    assert "phase" in plain["properties"]


def test_show_needs_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show"]) == Exit.USAGE
    assert main(["show", "--json"]) == Exit.USAGE
    assert "kiwoom-sim list" in capsys.readouterr().err


def test_show_colours_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog, "is_terminal", lambda: True)
    assert catalog.show("normal_market") == Exit.OK
    assert "schema = 1" in capsys.readouterr().out


def test_new_writes_a_scenario_that_is_valid(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "my_storm", "--from", "rate_limit"]) == Exit.OK
    assert load_scenario(elsewhere / "my_storm.toml").name == "my_storm"
    assert "kiwoom-sim run my_storm.toml" in capsys.readouterr().err


def test_new_never_overwrites(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = elsewhere / "mine.toml"
    file.write_text("keep me", encoding="utf-8")
    assert main(["new", "mine"]) == Exit.USAGE
    assert file.read_text(encoding="utf-8") == "keep me"
    assert "exists already" in capsys.readouterr().err


def test_new_writes_where_it_is_told(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine", "-o", "x.toml", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["result"]["path"] == "x.toml"
    assert main(["new", "mine", "-o", "no/such/x.toml", "--json"]) == Exit.USAGE
    assert "No such file" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["My-Storm", "9lives", "a b", "_x", ".toml"])
def test_new_wants_a_plain_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", name]) == Exit.USAGE
    assert "a name has small letters" in capsys.readouterr().err
