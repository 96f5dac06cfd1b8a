"""Run a scenario until it is told to stop: `run`."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiwoom_sim.app import Running, serve
from kiwoom_sim.cli import options
from kiwoom_sim.cli.banner import banner, deviations
from kiwoom_sim.cli.live import show_lines, show_table
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put_json, talk
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.scenario.finder import find_scenario
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.overrides import from_assignments, from_flags
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import parse_duration

_PORT = {"min": 0, "max": 65_535, "show_default": False}
HOST = options.Described("--host", help="Address to listen on.", show_default=False)
REST_PORT = options.Described("--rest-port", help="Port of the REST door; 0 = any.", **_PORT)
WS_PORT = options.Described("--ws-port", help="Port of the WebSocket door; 0 = any.", **_PORT)
CONTROL_PORT = options.Described("--control-port", help="Port of the control door.", **_PORT)
TLS_PORT = options.Described("--tls-port", help="Port of the TLS door.", **_PORT)
SEED = options.Described("--seed", help="Seed of every random draw.", show_default=False)
START = options.Described("--start", help="Market time to start at.", show_default=False)
SPEED = options.Described("--speed", help="Market time per wire time.", show_default=False)
FOR = options.Described(
    "--for", metavar="5m", help="Stop after this time.", envvar="KIWOOM_SIM_FOR"
)
NO_LIMITS = options.Described("--no-limits", help="Switch rate limits off.")
READY_FILE = options.Described(
    "--ready-file", metavar="FILE", help="Write this when every door answers.",
    envvar="KIWOOM_SIM_READY_FILE", show_default=False,
)  # fmt: skip
RUNS_DIRECTORY = options.Described(
    "--runs", metavar="DIR", help="Where runs are kept.", envvar="KIWOOM_SIM_RUNS"
)
NO_TUI = options.Described(
    "--no-tui", help="Plain lines instead of a live view.", envvar="KIWOOM_SIM_NO_TUI"
)


def command(
    scenario: Annotated[str, options.SCENARIO_OR_NONE] = "",
    *,
    host: Annotated[str | None, HOST] = None,
    rest_port: Annotated[int | None, REST_PORT] = None,
    ws_port: Annotated[int | None, WS_PORT] = None,
    control_port: Annotated[int | None, CONTROL_PORT] = None,
    tls_port: Annotated[int | None, TLS_PORT] = None,
    seed: Annotated[int | None, SEED] = None,
    start: Annotated[str | None, START] = None,
    speed: Annotated[int | None, SPEED] = None,
    for_: Annotated[str, FOR] = "",
    assignments: Annotated[list[str] | None, options.SET] = None,
    no_limits: Annotated[bool, NO_LIMITS] = False,
    ready_file: Annotated[Path | None, READY_FILE] = None,
    runs: Annotated[Path, RUNS_DIRECTORY] = Path(RUNS),
    no_tui: Annotated[bool, NO_TUI] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Run a scenario until Ctrl-C, SIGTERM or the end of `--for`."""
    if not scenario:
        raise ScenarioError((say("scenario.needed"),))
    found = find_scenario(scenario)
    if found.instead_of:
        talk(say("scenario.instead", path=found.instead_of, name=found.name))
    flags = from_flags(
        host=host, rest_port=rest_port, ws_port=ws_port, control_port=control_port,
        tls_port=tls_port, seed=seed, start=start, speed=speed, no_limits=no_limits,
    )  # fmt: skip
    try:
        assigned = from_assignments(assignments or ())
    except ValueError as error:
        raise ScenarioError((str(error),)) from error
    try:
        for_ms = parse_duration(for_)[0] if for_ else None
    except ValueError as error:
        raise ScenarioError((f"--for: {error}",)) from error
    loaded = load_scenario(found, overrides=[*assigned, *flags], env=os.environ)
    view = _no_view if as_json else show_lines if no_tui or not sys.stderr.isatty() else show_table
    return run_until_told(loaded, runs, for_ms, ready_file, view, as_json=as_json)


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
    async with serve(scenario, runs=runs) as running:
        _obey_signals(running, told)
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
        "control": None,
        "tls": None,
        "run": running.run,
        "pid": os.getpid(),
    }


def write_ready_file(path: Path, running: Running) -> None:
    """Write the ready file in one step, so that nobody reads half of it."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(msgspec.json.encode(addresses(running)) + b"\n")
    draft.replace(path)


def _obey_signals(running: Running, told: asyncio.Event) -> None:
    """Stop cleanly at the first signal; leave at once at the second."""
    loop = asyncio.get_running_loop()

    def obey(name: str) -> None:
        if told.is_set():
            os._exit(Exit.INTERRUPTED)
        running.doors.end = name
        told.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(RuntimeError):
            loop.add_signal_handler(each, obey, each.name)


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
