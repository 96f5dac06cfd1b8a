"""Run the command line: `python -m kiwoom_sim` and `kiwoom-sim`."""

import sys

from kiwoom_sim.cli.main import main as run


def main() -> None:
    """Run the command line of this process and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
