"""Run the verbs of a detached simulator in a place of their own, and leave nothing behind."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiwoom_sim.cli.instance import Instance, State
from kiwoom_sim.cli.main import main

SMALL = """
schema = 1
seed = 5
[market]
symbols = ["005930"]
[doors]
rest = 0
ws = 0
"""
WAIT_S = 60


class Place:
    """Hold a directory with a scenario, and its state directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.runs = directory / "runs"
        self.state = State(self.runs / "up")
        self.scenario = directory / "small.toml"
        self.scenario.write_text(SMALL)

    def words(self, verb: str, *more: str) -> list[str]:
        scenario = [str(self.scenario)] if verb == "up" else []
        return [verb, *scenario, "--runs", str(self.runs), *more]

    def do(self, verb: str, *more: str) -> int:
        return main(self.words(verb, *more))

    def program(self, verb: str, *more: str) -> list[str]:
        return [sys.executable, "-m", "kiwoom_sim", *self.words(verb, *more)]

    def processes(self) -> list[psutil.Process]:
        """Return every simulator that writes its ready file here."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            named = any(str(self.state.ready) in word for word in process.cmdline())
            return named and process.status() != psutil.STATUS_ZOMBIE
        return False

    def record(self, pid: int, created_s: float) -> Instance:
        """Put a process on record as the simulator of this place."""
        instance = Instance(
            pid=pid, created_s=created_s, scenario="small", seed=5, asked="kiwoom-sim up",
            runs=str(self.runs), resolved="", started="2026-03-23 09:00:00 KST",
        )  # fmt: skip
        self.state.directory.mkdir(parents=True, exist_ok=True)
        self.state.write(instance)
        return instance


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Yield a place, and end whatever still runs in it."""
    made = Place(tmp_path)
    yield made
    for process in made.processes():
        process.kill()
        with suppress(psutil.Error):
            process.wait(WAIT_S)


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what the envelope on stdout holds."""
    made: dict[str, Any] = json.loads(capsys.readouterr().out)["result"]
    return made


def until(reached: Callable[[], bool]) -> None:
    """Wait until something is so, within bounds."""
    deadline = time.monotonic() + WAIT_S
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)
