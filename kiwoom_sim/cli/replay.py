"""Run a recorded run again and compare: `replay`."""

import tempfile
from pathlib import Path
from typing import Annotated

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, talk
from kiwoom_sim.cli.runs import find_run
from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.run_directory import RUNS, RunDirectory
from kiwoom_sim.runtime.replay import Comparison, replay

RUN = options.Described(metavar="RUN", help="Directory or id of a run.")
CHECK = options.Described("--check", help="Exit with 4 if anything differs.")
RUNS_DIRECTORY = options.Described(
    "--runs", metavar="DIR", help="Where runs are kept.", envvar="KIWOOM_SIM_RUNS"
)


def command(
    run: Annotated[str, RUN],
    *,
    check: Annotated[bool, CHECK] = False,
    allow_hooks: Annotated[bool, options.ALLOW_HOOKS] = False,
    runs: Annotated[Path, RUNS_DIRECTORY] = Path(RUNS),
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Run a recorded run again and say whether it made the same bytes."""
    recorded = find_run(run, runs)
    if check and recorded.scenario.is_file() and not recorded.ended:
        raise ReplayError(say("replay.unchecked", run=recorded.run))
    with tempfile.TemporaryDirectory(prefix="kiwoom-sim-replay-") as directory:
        found = replay(recorded, Path(directory), hooks="allowed" if allow_hooks else None)
    if as_json:
        put_json(
            {
                "run": recorded.run,
                "same": not found.differing if found.compared else None,
                "records": found.records,
                "differing": found.differing,
                "first": found.first,
                "digests": found.digests,
            }
        )
    else:
        _tell(recorded, found)
    return Exit.DIVERGED if check and found.differing else Exit.OK


def _mark(name: str, found: Comparison) -> str:
    """Return the word in front of a digest."""
    if not found.compared:
        return "made"
    return "differs" if name in found.differing else "same"


def _tell(recorded: RunDirectory, found: Comparison) -> None:
    for name, digest in found.digests.items():
        mark = _mark(name, found)
        put(f"{mark:8}{name:16}{digest['count']:>9}  {digest['sha256']}")
    if not found.compared:
        talk(say("replay.unfinished", run=recorded.run, records=found.records))
    elif found.differing:
        put(say("replay.differs", run=recorded.run))
        put(found.first or say("replay.dropped"))
    else:
        put(say("replay.same", run=recorded.run, records=found.records))
