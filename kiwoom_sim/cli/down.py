"""End the simulator that `up` started: `down`."""

from pathlib import Path
from typing import Annotated

from kiwoom_sim.cli import detached, options
from kiwoom_sim.cli.instance import Instance, State, state_of
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put_json, talk
from kiwoom_sim.cli.progress import waiting
from kiwoom_sim.cli.start import duration_ms
from kiwoom_sim.observe.run_directory import RUNS

WAIT = options.Described("--wait", metavar="15s", help="How long to wait before it is killed.")

LOCK_S = 10.0


def command(
    *,
    wait: Annotated[str, WAIT] = "15s",
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    state: Annotated[Path | None, options.STATE] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """End the simulator that `up` started, and only that."""
    wait_s = duration_ms("--wait", wait) / 1_000
    place = state_of(state, runs)
    try:
        instance = place.read()
    except ValueError as error:
        talk(str(error))
        instance = None
    process = place.process_of(instance) if instance is not None else None
    was_killed = False
    if process is not None:
        with waiting(say("down.stopping", pid=process.pid), quiet=as_json) as watch:
            was_killed = detached.end(process, wait_s, watch)
    _forget(place, instance)
    if as_json:
        pid = process.pid if process is not None else None
        log = str(place.log) if place.log.is_file() else None
        put_json({"stopped": pid is not None, "pid": pid, "killed": was_killed, "log": log})
    elif process is not None and instance is not None:
        if was_killed:
            talk(say("down.killed", seconds=f"{wait_s:g}"))
        talk(say("down.stopped", name=instance.scenario, pid=process.pid, log=place.log))
    else:
        talk(say("down.nothing", path=place.directory))
    return Exit.OK


def _forget(state: State, instance: Instance | None) -> None:
    """Remove what is on record, unless something else was started here in the meantime."""
    if not state.record.exists() and not state.ready.exists():
        return
    with state.locked(LOCK_S):
        try:
            is_same = state.read() in {instance, None}
        except ValueError:
            is_same = True
        if is_same:
            state.clear()
