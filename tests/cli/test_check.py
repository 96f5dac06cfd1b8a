import json
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")


def test_good_scenarios_are_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "normal_market", "rate_limit"]) == Exit.OK
    out = capsys.readouterr().out
    assert out == "scenarios/normal_market.toml: fine\nscenarios/rate_limit.toml: fine\n"


def test_every_problem_of_every_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("schema = 1\nsead = 2\nseed = -1\n", encoding="utf-8")
    assert main(["validate", str(bad), "normal_market", "nothing_like_it"]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == "scenarios/normal_market.toml: fine\n"
    assert f"{bad}:2: sead: unknown key" in err
    assert "nothing_like_it: no such scenario" in err
    assert err.endswith("3 problem(s) found\n")
    assert "Traceback" not in err


def test_changed_values_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "rate_limit", "--set", "phase.storm.for=5"]) == Exit.USAGE
    assert "--set phase.storm.for=5: phase[1].for: 5 is not a duration" in capsys.readouterr().err


def test_answers_come_in_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "rate_limit", "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert result == [{"path": "scenarios/rate_limit.toml"}]
    assert main(["validate", "rate_limt", "--json"]) == Exit.USAGE
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "scenario"


def test_what_can_never_happen_is_told_if_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "idle.toml"
    rule = '[[rule]]\nid = "a"\nmatch = { api = "kx1" }\ndo = { kind = "http_error" }\n'
    file.write_text(f"schema = 1\n{rule}", encoding="utf-8")
    assert main(["validate", str(file)]) == Exit.OK
    assert main(["validate", "--strict", str(file)]) == Exit.USAGE
    assert f"{file}:4: rule[0].match.api: never happens" in capsys.readouterr().err
    assert main(["validate", "--strict", "normal_market"]) == Exit.OK
