"""Run a scenario until it is told to stop, or with a client until that ends: `run`."""

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
from kiwoom_sim.cli import artifacts as artifacts_
from kiwoom_sim.cli import client as clients
from kiwoom_sim.cli import options
from kiwoom_sim.cli import start as start_options
from kiwoom_sim.cli.banner import banner, deviations
from kiwoom_sim.cli.client import Companion, Wanted
from kiwoom_sim.cli.live import show_lines, show_table
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put_json, talk, worst
from kiwoom_sim.cli.signals import obeyed
from kiwoom_sim.errors import KiwoomSimError, StartError
from kiwoom_sim.observe.report import Fate
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.scenario.schema import Scenario

CLIENT = options.Described(
    metavar="[-- CMD...]", show_default=False,
    help="A client to run beside it, as it is; its end ends the run.",
)  # fmt: skip
TIMEOUT = options.Described("--timeout", metavar="5m", help="End the client after this time.")
CLIENT_EXIT = options.Described(
    "--client-exit", metavar="0,1", help="Exit codes of the client that are no failure."
)
ARTIFACTS = options.Described(
    "--artifacts", metavar="DIR", show_default=False,
    help="Keep report, JUnit results, journal and replay command of the run there.",
)  # fmt: skip

ALLOW = options.Described(
    "--allow", metavar="HOST:PORT", help="Let the client reach this service as well."
)
NO_ISOLATE = options.Described(
    "--no-isolate", help="Run the client in the network of this machine, with a warning."
)
FAKE_TIME = options.Described("--fake-time", help="Let Python clients tell the time of the market.")


def command(
    scenario: Annotated[str, options.SCENARIO_OR_NONE] = "",
    client: Annotated[list[str] | None, CLIENT] = None,
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
    allow_hooks: Annotated[bool, options.ALLOW_HOOKS] = False,
    ready_file: Annotated[Path | None, start_options.READY_FILE] = None,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    no_tui: Annotated[bool, start_options.NO_TUI] = False,
    timeout: Annotated[str, TIMEOUT] = "",
    client_exit: Annotated[str, CLIENT_EXIT] = "",
    artifacts: Annotated[Path | None, ARTIFACTS] = None,
    allow: Annotated[list[str] | None, ALLOW] = None,
    no_isolate: Annotated[bool, NO_ISOLATE] = False,
    fake_time: Annotated[bool, FAKE_TIME] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Run a scenario until Ctrl-C, SIGTERM, the end of `--for` or of the client after `--`."""
    asked = start_options.Start(
        scenario=scenario, host=host, rest_port=rest_port, ws_port=ws_port,
        control_port=control_port, tls_port=tls_port, seed=seed, start=start, speed=speed,
        for_=for_, assignments=tuple(assignments or ()), no_limits=no_limits, runs=runs,
        allow_hooks=allow_hooks,
    )  # fmt: skip
    loaded = asked.load()
    options_of_client = clients.Asked(
        timeout=timeout, fine=client_exit, artifacts=artifacts, allowed=tuple(allow or ()),
        no_isolate=no_isolate, fake_time=fake_time,
    )  # fmt: skip
    wanted = clients.wanted(client or [], options_of_client)
    is_silent = as_json or wanted is not None
    is_plain = no_tui or not sys.stderr.isatty()
    view = _no_view if is_silent else show_lines if is_plain else show_table
    return run_until_told(
        loaded, runs, asked.for_ms(), ready_file, view, as_json=as_json, wanted=wanted
    )


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
    wanted: Wanted | None = None,
) -> int:
    """Run a scenario in an event loop of its own and return the exit code."""
    if wanted is not None and scenario.clock.hold == "auto":
        clock = msgspec.structs.replace(scenario.clock, hold="first-request")
        scenario = msgspec.structs.replace(scenario, clock=clock)
    session = _Session(for_ms, view, wanted, as_json=as_json)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(session.run(scenario, runs, ready_file))


class _Session:
    """Run one scenario, with a client or until told."""

    def __init__(
        self, for_ms: int | None, view: View, wanted: Wanted | None, *, as_json: bool
    ) -> None:
        self._for_ms = for_ms
        self._view = view
        self._wanted = wanted
        self._as_json = as_json
        self._told = asyncio.Event()
        self._companion: Companion | None = None
        self._running: Running | None = None
        self._ended_ms = 0
        self._signal = ""

    async def run(self, scenario: Scenario, runs: Path, ready_file: Path | None) -> int:
        """Open the doors, do what was asked for, and return the exit code."""
        _tune_interpreter()
        fate = None
        try:
            with contextlib.ExitStack() as obeying:
                obeying.enter_context(obeyed(self._obey))
                async with serve(scenario, runs=runs) as running:
                    self._running = running
                    running.doors.end = self._signal or running.doors.end
                    self._greet(running)
                    if ready_file is not None:
                        write_ready_file(ready_file, running)
                    if self._wanted is None or self._signal:
                        await self._until_told(running)
                    else:
                        fate = await self._with_client(running, self._wanted)
                    talk(say("run.stopping"))
        except KiwoomSimError:
            raise
        except Exception as error:
            if self._running is not None and self._wanted is not None:
                self._keep(self._running, self._wanted, None, broken=repr(error))
            raise
        code = _farewell(running)
        if fate is None or self._wanted is None:
            return code
        return self._judge(running, self._wanted, fate, code)

    def _greet(self, running: Running) -> None:
        """Say what is running; with a client the envelope waits for its end."""
        if not self._as_json:
            for line in banner(running):
                talk(line)
        elif self._wanted is None:
            put_json({**addresses(running), "deviations": deviations(running.scenario)})
            sys.stdout.flush()

    async def _until_told(self, running: Running) -> None:
        async with asyncio.TaskGroup() as tasks:
            shown = tasks.create_task(self._view(running))
            with contextlib.suppress(TimeoutError):
                limit_s = self._for_ms / 1_000 if self._for_ms else None
                await asyncio.wait_for(self._told.wait(), limit_s)
            shown.cancel()

    async def _with_client(self, running: Running, wanted: Wanted) -> Fate:
        self._companion = Companion(wanted, running, self._for_ms)
        fate = await self._companion.accompany(
            self._told, stdout=clients.stdout_of(as_json=self._as_json)
        )
        self._ended_ms = running.wire_ms
        if fate.ending != "signal":
            running.doors.end = fate.ending
        return fate

    def _judge(self, running: Running, wanted: Wanted, fate: Fate, code: Exit) -> Exit:
        """Say how the client ended, keep what was asked for, and return the exit code."""
        code = worst(code, clients.tell_fate(fate), self._keep(running, wanted, fate))
        if self._as_json:
            head = {**addresses(running), "deviations": deviations(running.scenario)}
            counters = running.simulation.parts.metrics.summary()
            put_json({**head, "client": fate, "counters": counters, "exit": code})
        return code

    def _keep(self, running: Running, wanted: Wanted, fate: Fate | None, broken: str = "") -> Exit:
        """Say what the run saw, and keep it where that is wanted."""
        ended_ms = self._ended_ms or running.wire_ms
        report = artifacts_.report_of(running, wanted, fate, ended_ms, broken)
        artifacts_.tell(report)
        artifacts_.summarise(report)
        if wanted.artifacts is None or running.directory is None:
            return Exit.OK
        try:
            artifacts_.keep(report, running.directory.path, wanted.artifacts)
        except StartError as error:
            talk(str(error))
            return Exit.CANNOT_START
        return Exit.OK

    def _obey(self, name: str) -> None:
        """Stop cleanly at the first signal, leave at once at the second."""
        if self._told.is_set():
            if self._companion is not None:
                self._companion.kill()
            os._exit(Exit.INTERRUPTED)
        self._signal = name
        if self._running is not None:
            self._running.doors.end = name
        self._told.set()


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
        "tls": running.tls_url,
        "run": running.run,
        "pid": os.getpid(),
    }


def write_ready_file(path: Path, running: Running) -> None:
    """Write the ready file in one step, so that nobody reads half of it."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(msgspec.json.encode(addresses(running)) + b"\n")
    draft.replace(path)


def _farewell(running: Running) -> Exit:
    """Say that it is over, and return what the simulator itself makes of it."""
    metrics = running.simulation.parts.metrics
    talk(say("run.stopped", requests=metrics.request_count, frames=metrics.frames))
    if running.directory is not None:
        more = " --allow-hooks" if running.scenario.has_hooks else ""
        talk(say("run.replay", path=f"{running.directory.path}{more}"))
    if metrics.errors:
        talk(say("run.errors", count=metrics.errors))
    return Exit.INTERNAL if metrics.errors else Exit.OK


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's factory where it exists."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
