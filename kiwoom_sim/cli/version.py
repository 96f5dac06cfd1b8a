"""Print the version: `version` and `--version`."""

import platform
from typing import Annotated

from kiwoom_sim.cli import options
from kiwoom_sim.cli.output import Exit, put, put_json
from kiwoom_sim.version import __version__


def command(*, as_json: Annotated[bool, options.JSON] = False) -> int:
    """Print the version."""
    if as_json:
        put_json({"version": __version__, "python": platform.python_version()})
    else:
        put(f"kiwoom-sim {__version__}")
    return Exit.OK
