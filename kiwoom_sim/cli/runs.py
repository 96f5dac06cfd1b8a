"""Find the run that a verb is about: by directory, by id, or the latest."""

from difflib import get_close_matches
from pathlib import Path

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe import trace
from kiwoom_sim.observe.run_directory import RunDirectory

RUN = options.Described(
    metavar="RUN", help="Directory or id of a run; default: the latest.", show_default=False
)


def find_run(run: str, runs: Path) -> RunDirectory:
    """Return a run that is kept.

    Args:
        run: Its directory or its id; "" = the latest in `runs`.
        runs: Where runs are kept.

    Raises:
        ReplayError: There is no such run; names the one with the nearest id.
    """
    if run:
        return _named(run, runs)
    kept = _kept(runs)
    if not kept:
        raise ReplayError(say("why.no_runs", path=runs))
    return RunDirectory(max(kept, key=lambda path: (path.stat().st_mtime_ns, path.name)))


def _named(run: str, runs: Path) -> RunDirectory:
    for path in (Path(run), runs / run):
        if path.is_dir():
            if (path / trace.FILE_NAME).is_file():
                return RunDirectory(path)
            raise ReplayError(say("run.not_one", path=path))
    near = get_close_matches(Path(run).name, [path.name for path in _kept(runs)], 1)
    told = say("replay.none", run=run, runs=runs)
    raise ReplayError(f"{told}\n{say('run.guess', run=near[0])}" if near else told)


def _kept(runs: Path) -> list[Path]:
    return [path.parent for path in runs.glob(f"*/{trace.FILE_NAME}")]
