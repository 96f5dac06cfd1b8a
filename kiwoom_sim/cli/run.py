"""Run a scenario until it is told to stop: `run`."""

import asyncio
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiwoom_sim.app import Running, serve
from kiwoom_sim.cli import options
from kiwoom_sim.cli import start as start_options
from kiwoom_sim.cli.banner import banner, deviations
from kiwoom_sim.cli.live import show_lines, show_table
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put_json, talk
from kiwoom_sim.cli.signals import obeyed
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.scenario.schema import Scenario


def command(
    scenario: Annotated[str, options.SCENARIO_OR_NONE] = "",
    *,
    host: Annotated[str | None, start_options.HOST] = None,
    rest_port: Annotated[int | None, start_options.REST_PORT] = None,
    ws_port: Annotated[int | None, start_options.WS_PORT] = None,
    control_port: Annotated[int | None, start_options.CONTROL_PORT] = None,
    tls_port: Annotated[int | None, start_options.TLS_PORT] = None,
    seed: Annotated[int | None, start_options.SEED] = None,
    start: Annotated[str | None, start_options.START] = None,
    speed: Annotated[int | None, start_options.SPEED] = None,
    for_: Annotated[str, start_options.FOR] = "",
    assignments: Annotated[list[str] | None, options.SET] = None,
    no_limits: Annotated[bool, start_options.NO_LIMITS] = False,
    ready_file: Annotated[Path | None, start_options.READY_FILE] = None,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    no_tui: Annotated[bool, start_options.NO_TUI] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Run a scenario until Ctrl-C, SIGTERM or the end of `--for`."""
    asked = start_options.Start(
        scenario=scenario, host=host, rest_port=rest_port, ws_port=ws_port,
        control_port=control_port, tls_port=tls_port, seed=seed, start=start, speed=speed,
        for_=for_, assignments=tuple(assignments or ()), no_limits=no_limits, runs=runs,
    )  # fmt: skip
    loaded = asked.load()
    view = _no_view if as_json else show_lines if no_tui or not sys.stderr.isatty() else show_table
    return run_until_told(loaded, runs, asked.for_ms(), ready_file, view, as_json=as_json)


SWITCH_S = 0.001
GC_THRESHOLDS = (20_000, 50, 1_000)

View = Callable[[Running], Coroutine[Any, Any, None]]


async def _no_view(_running: Running) -> None:
    """Show nothing."""


def run_until_told(
    scenario: Scenario,
    runs: Path,
    for_ms: int | None,
    ready_file: Path | None,
    view: View,
    *,
    as_json: bool = False,
) -> int:
    """Run a scenario in an event loop of its own and return the exit code."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_run(scenario, runs, for_ms, ready_file, view, as_json=as_json))


async def _run(
    scenario: Scenario,
    runs: Path,
    for_ms: int | None,
    ready_file: Path | None,
    view: View,
    *,
    as_json: bool,
) -> int:
    told = asyncio.Event()
    _tune_interpreter()
    with contextlib.ExitStack() as obeying:
        async with serve(scenario, runs=runs) as running:
            obeying.enter_context(obeyed(_stopper(running, told)))
            if as_json:
                put_json({**addresses(running), "deviations": deviations(running.scenario)})
                sys.stdout.flush()
            else:
                for line in banner(running):
                    talk(line)
            if ready_file is not None:
                write_ready_file(ready_file, running)
            async with asyncio.TaskGroup() as tasks:
                shown = tasks.create_task(view(running))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), for_ms / 1_000 if for_ms else None)
                shown.cancel()
            talk(say("run.stopping"))
    _farewell(running)
    return Exit.OK


def _tune_interpreter() -> None:
    """Keep the event loop from waiting: this process does nothing else."""
    # Markets are generated in worker threads; the loop must not wait long for its turn.
    sys.setswitchinterval(SWITCH_S)
    # A full collection walks all plans and units, up to 0.1 s; little here forms cycles.
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def addresses(running: Running) -> dict[str, object]:
    """Return the content of a ready file."""
    return {
        "rest": running.rest_url,
        "ws": running.ws_url,
        "control": running.control_url,
        "tls": None,
        "run": running.run,
        "pid": os.getpid(),
    }


def write_ready_file(path: Path, running: Running) -> None:
    """Write the ready file in one step, so that nobody reads half of it."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(msgspec.json.encode(addresses(running)) + b"\n")
    draft.replace(path)


def _stopper(running: Running, told: asyncio.Event) -> Callable[[str], None]:
    """Return what to do at a signal: stop cleanly at the first, leave at once at the second."""

    def obey(name: str) -> None:
        if told.is_set():
            os._exit(Exit.INTERRUPTED)
        running.doors.end = name
        told.set()

    return obey


def _farewell(running: Running) -> None:
    metrics = running.simulation.parts.metrics
    talk(say("run.stopped", requests=metrics.request_count, frames=metrics.frames))
    if running.directory is not None:
        talk(say("run.replay", path=running.directory.path))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's factory where it exists."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
