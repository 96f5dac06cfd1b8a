import os
from pathlib import Path

import pytest

from kiwoom_sim.cli.runs import find_run
from kiwoom_sim.errors import ReplayError


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a directory with two runs, the first the younger one, and something else."""
    for number in (1, 2):
        run = tmp_path / f"rate_limit-000{number}"
        run.mkdir()
        (run / "trace.jsonl").touch()
        os.utime(run, (1_000 - number, 1_000 - number))
    (tmp_path / "up").mkdir()
    return tmp_path


def test_the_latest_run_is_meant_unless_one_is_named(runs: Path) -> None:
    assert find_run("", runs).run == "rate_limit-0001"
    assert find_run("rate_limit-0002", runs).run == "rate_limit-0002"
    assert find_run(str(runs / "rate_limit-0002"), Path("elsewhere")).run == "rate_limit-0002"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rate_limt-0002", 'did you mean "rate_limit-0002"?'),
        ("nowhere", "no such run"),
        ("up", "trace.jsonl"),
    ],
)
def test_what_is_no_run_is_told(runs: Path, name: str, hint: str) -> None:
    with pytest.raises(ReplayError, match=hint.replace("?", r"\?")):
        find_run(name, runs)


def test_no_runs_at_all_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="there are no runs"):
        find_run("", tmp_path)
