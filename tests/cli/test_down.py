"""Check that `down` ends what `up` started, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kiwoom_sim.cli import down
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.errors import StartError
from tests.cli.background import Place, place, result

__all__ = ["place"]


def test_it_ends_cleanly_and_the_log_stays(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.do("up", "--json") == Exit.OK
    started = result(capsys)
    assert place.do("down") == Exit.OK
    assert f"stopped small (pid {started['pid']})" in capsys.readouterr().err
    assert place.processes() == []
    assert json.loads(Path(started["directory"], "digests.json").read_text())
    assert sorted(path.name for path in place.state.directory.iterdir()) == ["lock", "log.txt"]

    assert place.do("down", "--json") == Exit.OK
    log = str(place.state.log)
    assert result(capsys) == {"stopped": False, "pid": None, "killed": False, "log": log}


def test_where_nothing_ever_ran_nothing_is_made(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.do("down") == Exit.OK
    assert "nothing is running" in capsys.readouterr().err
    assert not place.runs.exists()


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            place.record(other.pid, psutil.Process(other.pid).create_time() - 100)
            assert place.do("down") == Exit.OK
            assert other.poll() is None
        finally:
            other.kill()
    assert "nothing is running" in capsys.readouterr().err
    assert not place.state.record.exists()


def test_a_damaged_record_is_told_and_removed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.record(1, 1.0)
    place.state.record.write_text("?")
    assert place.do("down") == Exit.OK
    assert "cannot be read" in capsys.readouterr().err
    assert not place.state.record.exists()


def test_one_that_does_not_listen_is_killed_and_that_is_said(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
    code = f"{deaf} signal.pause()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        place.record(child.pid, psutil.Process(child.pid).create_time())
        assert place.do("down", "--wait", "50ms") == Exit.OK
    told = capsys.readouterr().err
    assert "did not stop within 0.05 s and was killed" in told
    assert f"pid {child.pid}" in told


def test_what_was_started_in_the_meantime_is_not_forgotten(place: Place) -> None:
    earlier = place.record(1, 1.0)
    later = place.record(2, 2.0)
    down._forget(place.state, earlier)
    assert place.state.read() == later
    down._forget(place.state, later)
    assert place.state.read() is None


def test_a_start_under_way_is_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(down, "LOCK_S", 0.1)
    recorded = place.record(1, 1.0)
    with place.state.locked(0), pytest.raises(StartError, match="at work"):
        down._forget(place.state, recorded)
