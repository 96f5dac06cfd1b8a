"""Tell what is behind an answer, message, frame or fault: `why`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json
from kiwoom_sim.cli.runs import RUN, find_run
from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.explain import explain
from kiwoom_sim.observe.run_directory import RUNS

NAME = options.Described(
    metavar="ID", help="Id of a request or message (r12), a frame (w4) or a fault (f3)."
)


def command(
    name: Annotated[str, NAME],
    run: Annotated[str, RUN] = "",
    *,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Tell which message, rule, phase, draw, wait and limit are behind something."""
    recorded = find_run(run, runs)
    try:
        found = explain(recorded, name)
    except ValueError as error:
        raise ReplayError(say("why.id", id=name)) from error
    if found is None:
        raise ReplayError(say("why.nothing", id=name, run=recorded.run))
    if as_json:
        put_json({"run": recorded.run, **found})
    else:
        put(f"{name}  {recorded.run}")
        for line in _told(found):
            put(line)
    return Exit.OK


def _told(found: dict[str, Any], depth: int = 1) -> Iterator[str]:
    """Yield the lines of an explanation; what says nothing is left out."""
    for label, value in found.items():
        if value in ("", [], {}, None) or (label == "id" and depth == 1):
            continue
        indent = "  " * depth
        if isinstance(value, dict):
            yield f"{indent}{label}"
            yield from _told(value, depth + 1)
        elif isinstance(value, list) and isinstance(value[0], dict):
            for each in value:
                yield f"{indent}{label.removesuffix('s')} {each.get('id', '')}"
                yield from _told({k: v for k, v in each.items() if k != "id"}, depth + 1)
        elif isinstance(value, list):
            yield f"{indent}{label:<12} {', '.join(map(_short, value))}"
        else:
            yield f"{indent}{label:<12} {value}"


def _short(value: object) -> str:
    """Return a member of a list; of a limit, its name and what it counted of how much."""
    if isinstance(value, list):
        name, used, allowed = value
        return f"{name} {used} of {allowed}"
    return str(value)
