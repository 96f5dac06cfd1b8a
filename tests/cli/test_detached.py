"""Check how processes of our own are started and ended."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import kiwoom_sim
from kiwoom_sim.cli import detached
from kiwoom_sim.errors import StartError
from tests.cli.background import WAIT_S, Place, place

__all__ = ["place"]

DEAF = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
sys.stdin.read()
"""


def quiet() -> None:
    """Show nothing."""


def test_a_process_ends_when_it_is_asked_to() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        process = psutil.Process(child.pid)
        assert not detached.has_ended(process)
        assert not detached.end(process, WAIT_S, quiet)
    assert detached.has_ended(process)
    assert not detached.end(process, WAIT_S, quiet)


def test_a_process_that_does_not_listen_is_killed_with_what_it_started() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        grandchild = psutil.Process(int(child.stdout.readline()))
        looks: list[int] = []
        assert detached.end(psutil.Process(child.pid), 0.1, lambda: looks.append(1))
    assert looks
    assert detached.has_ended(grandchild)


def test_a_program_that_cannot_be_started_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.state.directory.mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(place.directory / "nowhere"))
    with pytest.raises(StartError, match="cannot be started"):
        detached.launch(place.state, ["normal_market"], "---")


def test_the_working_directory_does_not_decide_which_package_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "-P" in detached._program()
    monkeypatch.chdir(Path(kiwoom_sim.__file__).parents[1])
    assert "-P" not in detached._program()


def test_waiting_ends_with_the_process(place: Place) -> None:
    assert detached.wait_until_healthy(place.state, lambda: True, WAIT_S, quiet) is None
    looks: list[int] = []

    def ended() -> bool:
        return len(looks) == 3

    found = detached.wait_until_healthy(place.state, ended, WAIT_S, lambda: looks.append(1))
    assert found is None
    assert len(looks) == 3
