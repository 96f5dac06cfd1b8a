"""Run the command line: `python -m kiwoom_sim` and `kiwoom-sim`."""

import os
import signal
import sys


def main() -> None:
    """Run the command line of this process and exit with its code."""
    if sys.argv[1:2] == ["run"]:
        _leave_when_told()
    from kiwoom_sim.cli.main import main as run  # noqa: PLC0415 - a signal may come meanwhile

    sys.exit(run())


def _leave_when_told() -> None:
    """Let a signal that comes before a run begins, or after its end, be no accident.

    Meanwhile the run obeys signals itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    main()
