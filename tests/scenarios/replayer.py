"""Replay recorded runs in a process of its own: paths on stdin, one JSON line each on stdout."""

import sys
import tempfile
from pathlib import Path

import msgspec

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay

TOLD_MAX = 2_000
"""Characters of a difference that are told."""


def main() -> None:
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as into:
            found = replay(RunDirectory(Path(line.strip())), Path(into))
        told = {"differing": found.differing, "first": found.first[:TOLD_MAX]}
        sys.stdout.write(msgspec.json.encode({**told, "records": found.records}).decode() + "\n")


if __name__ == "__main__":
    main()
