"""Check that `why` finds runs and says what is behind an id."""

import json
import os
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit

ANSWER = (
    '{"ms":5,"seq":2,"conn":1,"cause":"fault","status":503,"faults":["f1"],"refusal":"",'
    '"limits":[["per_api",2,5],["total",3,20]]}'
)
EVENT = (
    '{"ms":5,"seq":2,"event":"fault_chosen","detail":{"id":"f1","rule":"page","draws":"3 of 10"}}'
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a directory with two runs, the second one older."""
    for number, name in enumerate(("small-0002", "small-0001")):
        journal = tmp_path / name / "journal"
        journal.mkdir(parents=True)
        journal.joinpath("rest.jsonl").write_text(f"{ANSWER}\n")
        journal.joinpath("events.jsonl").write_text(f"{EVENT}\n")
        tmp_path.joinpath(name, "trace.jsonl").write_text('{"ms":5,"seq":2,"text":"{}"}\n{"ms')
        os.utime(tmp_path / name, (1_000 - number, 1_000 - number))
    return tmp_path


def test_the_latest_run_is_meant(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "r2", "--runs", str(runs)]) == Exit.OK
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["r2", "small-0002"]
    assert ["status", "503"] in lines
    assert ["fault", "f1"] in lines
    assert ["rule", "page"] in lines
    assert ["draws", "3", "of", "10"] in lines
    assert ["refusal"] not in lines
    assert ["limits", "per_api", "2", "of", "5,", "total", "3", "of", "20"] in lines


def test_a_run_may_be_named_and_read_by_programs(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for run in ("small-0001", str(runs / "small-0001")):
        assert main(["why", "f1", run, "--runs", str(runs), "--json"]) == Exit.OK
        result = json.loads(capsys.readouterr().out)["result"]
        assert (result["run"], result["met"]) == ("small-0001", ["r2"])
        assert result["fault"]["rule"] == "page"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["r3"], "not in the journal of small-0002"),
        (["what"], "not an id"),
        (["r2", "nowhere"], "nowhere"),
        (["r2", "--runs", "none"], "there are no runs"),
    ],
)
def test_what_is_wrong_is_told(
    words: list[str], hint: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", "--runs", str(runs), *words]) == Exit.USAGE
    assert hint in capsys.readouterr().err
