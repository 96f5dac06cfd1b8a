"""Check what is kept of a run, and that what cannot be kept is told."""

import json
from pathlib import Path

import pytest

from kiwoom_sim.cli import artifacts
from kiwoom_sim.errors import StartError
from kiwoom_sim.observe.report import Fate, Report

REPORT = Report(
    run="a-0001", scenario="a", seed=1, market_start="s", market_end="e", wire_ms=2_500,
    command=("true",), client=Fate(ending="client", code=0, failed=False),
    counters={"requests": 4}, replay="kiwoom-sim replay kept --check",
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run" / "journal").mkdir(parents=True)
    (tmp_path / "run" / "journal" / "rest.jsonl").write_text("{}\n")
    return tmp_path / "run"


def test_the_run_is_copied_and_told_in_every_form(run: Path, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    artifacts.keep(REPORT, run, place)
    assert sorted(path.name for path in place.iterdir()) == [
        "client.json", "journal", "junit.xml", "replay.txt", "report.json", "report.md",
    ]  # fmt: skip
    assert (place / "journal" / "rest.jsonl").is_file()
    assert (place / "replay.txt").read_text() == "kiwoom-sim replay kept --check\n"
    assert json.loads((place / "report.json").read_text())["counters"] == {"requests": 4}
    assert b"<testsuites" in (place / "junit.xml").read_bytes()
    assert "| requests | 4 |" in (place / "report.md").read_text()


def test_what_cannot_be_kept_is_told(run: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(StartError, match="--artifacts"):
        artifacts.keep(REPORT, run, tmp_path / "kept")


def test_the_summary_of_a_job_is_added_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    artifacts.summarise(REPORT, {"GITHUB_STEP_SUMMARY": str(summary)})
    artifacts.summarise(REPORT, {"GITHUB_STEP_SUMMARY": ""})
    assert summary.read_text().startswith("before\n### kiwoom-sim: a\n")
    assert summary.read_text().count("###") == 1
    artifacts.summarise(REPORT, {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert "no summary" in capsys.readouterr().err
