"""Run a client beside a scenario: what `run` does with a command after `--`."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.app import Running
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, talk
from kiwoom_sim.cli.start import duration_ms
from kiwoom_sim.errors import ScenarioError, StartError
from kiwoom_sim.launch import (
    cell,
    client,
    detour,
    environment,
    isolation,
    market_time,
    orphans,
    proxy,
    trust,
)
from kiwoom_sim.launch.client import Client
from kiwoom_sim.launch.market_time import MarketTime
from kiwoom_sim.observe.report import Fate
from kiwoom_sim.servers import sockets

LOOK_S = 0.05
CODE_MAX = 255
STDERR = 2


class Wanted(Struct, frozen=True, kw_only=True):
    """Hold what was said about a client.

    Attributes:
        command: The command and its arguments.
        timeout_ms: How long it may take, in real time; None = as long as it likes.
        fine: Exit codes that are no failure.
        artifacts: Directory for what the run leaves; None = nothing beside the run itself.
        allowed: Services outside that it may reach.
        is_isolated: Whether it gets a network of its own.
        in_market_time: Whether its Python tells the time of the market.
    """

    command: tuple[str, ...]
    timeout_ms: int | None = None
    fine: frozenset[int] = frozenset({0})
    artifacts: Path | None = None
    allowed: tuple[tuple[str, int], ...] = ()
    is_isolated: bool = True
    in_market_time: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """Hold the options about a client, as they were written; "" and () mean not at all."""

    timeout: str = ""
    fine: str = ""
    artifacts: Path | None = None
    allowed: tuple[str, ...] = ()
    no_isolate: bool = False
    fake_time: bool = False


def wanted(command: list[str], asked: Asked) -> Wanted | None:
    """Return what was said about a client; None if there is none.

    Raises:
        ScenarioError: An option cannot be understood, or needs a client.
        StartError: There is no such program, or the directory cannot be made.
    """
    if not command:
        given = {
            "--timeout": asked.timeout, "--client-exit": asked.fine, "--allow": asked.allowed,
            "--artifacts": asked.artifacts, "--no-isolate": asked.no_isolate,
            "--fake-time": asked.fake_time,
        }  # fmt: skip
        problems = [say("client.needed", option=name) for name, value in given.items() if value]
        if problems:
            raise ScenarioError(tuple(problems))
        return None
    made = Wanted(
        command=tuple(command),
        timeout_ms=duration_ms("--timeout", asked.timeout) if asked.timeout else None,
        fine=_codes(asked.fine) if asked.fine else frozenset({0}),
        artifacts=asked.artifacts,
        allowed=cell.parse_allowed(asked.allowed),
        is_isolated=not asked.no_isolate,
        in_market_time=asked.fake_time,
    )
    client.check_program(command, os.environ.get("PATH"))
    if asked.artifacts is not None:
        try:
            asked.artifacts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"--artifacts {asked.artifacts}: {error.strerror}") from error
    return made


def _codes(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) <= CODE_MAX for part in parts):
        raise ScenarioError((say("client.codes", text=text),))
    return frozenset(int(part) for part in parts)


class Companion:
    """Run the client of a run, from its start to its end."""

    def __init__(self, wanted: Wanted, running: Running, for_ms: int | None) -> None:
        self._wanted = wanted
        self._running = running
        self._for_ms = for_ms
        self._client: Client | None = None
        self._time: MarketTime | None = None

    async def accompany(self, told: asyncio.Event, *, stdout: int | None = None) -> Fate:
        """Start the client and return how it ended; the simulator goes on meanwhile.

        Args:
            told: Set when somebody wants the run to stop.
            stdout: Where its output goes; None = where ours does.

        Raises:
            StartError: It cannot be started.
        """
        with (
            orphans.adopted(),
            tempfile.TemporaryDirectory(prefix="kiwoom-sim-") as place,
        ):
            os.chmod(place, 0o755)  # noqa: S103, PTH101 - a client that changes its user reads it
            self._client = await self._start(Path(place), stdout)
            try:
                ending = await self._first_ending(told)
                if ending != "client":
                    talk(say("client.ending", why=say(f"client.why.{ending}")))
                    await self._client.end()
            finally:  # the client too, if it was the simulator that failed
                self._client.kill()
                orphans.end(spared=[self._client.pid])
        return self._fate(ending)

    async def _start(self, place: Path, stdout: int | None) -> Client:
        """Start the client, with its files in a place of their own."""
        signer, doors = self._running.authority, self._running.doors
        certificate = await asyncio.to_thread(lambda: signer.certificate)
        addresses = self._addresses()
        variables = environment.with_addresses(os.environ, addresses, place / "ca.pem")
        variables |= self._market_time(place / "time") if self._wanted.in_market_time else {}
        if not self._wanted.is_isolated:
            talk(say("client.open"))
            trusted = await asyncio.to_thread(trust.prepare, place, certificate)
            variables |= trusted.variables | self._detour()
            return await client.start(self._wanted.command, variables, stdout=stdout)
        bases = {name: addresses[name] for name in ("rest", "ws", "tls", "control")}
        made = await asyncio.to_thread(cell.build, place, bases, self._wanted.allowed, certificate)
        started, listeners = await isolation.start(
            self._wanted.command, environment.changed(variables, made.variables), made,
            stdout=stdout,
        )  # fmt: skip
        for opening, listener in zip(made.openings, listeners, strict=True):
            if opening.to is None:
                doors.tls.serve(listener, cell.BROKER_PORTS.get(opening.port, "any"))
            else:
                doors.relays.relay(listener, opening.to)
        return started

    def _market_time(self, page: Path) -> dict[str, str]:
        """Begin to tell the time of the market, and return what lets the client hear it."""
        running, clock = self._running, self._running.scenario.clock
        moves = clock.mode != "stepped"
        market = running.simulation.parts.world.clock
        self._time = MarketTime(
            page, lambda: market.at(running.wire_ms), clock.speed if moves else 0
        )
        return market_time.variables(page, os.environ)

    def _detour(self) -> dict[str, str]:
        """Open a proxy for a client that is not isolated, and return what leads it there."""
        doors, allowed = self._running.doors, self._wanted.allowed
        listener = sockets.bind("127.0.0.1", 0, "proxy")
        address, broker = sockets.address_of(listener), cell.address_of(doors.tls_url)
        proxy.Proxy(doors.relays, broker, allowed).serve(listener)
        return detour.variables(address, broker, allowed, os.environ)

    def kill(self) -> None:
        """End the client at once."""
        if self._client is not None:
            self._client.kill()
            orphans.end(spared=[self._client.pid])

    def _addresses(self) -> dict[str, str]:
        running = self._running
        return {
            "rest": running.rest_url,
            "ws": running.ws_url,
            "tls": running.tls_url,
            "control": running.control_url,
            "run": running.run,
        }

    async def _first_ending(self, told: asyncio.Event) -> str:
        """Return what ends first, or wants the client to."""
        assert self._client is not None
        first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def tell(ending: str, awaited: Awaitable[object]) -> None:
            await awaited
            if not first.done():
                first.set_result(ending)

        async with asyncio.TaskGroup() as tasks:
            watching = [
                tasks.create_task(tell("client", self._client.wait())),
                tasks.create_task(tell("signal", told.wait())),
                tasks.create_task(tell("script", self._end_of_script())),
            ]
            if self._time is not None:
                watching.append(tasks.create_task(self._time.follow()))
            if self._wanted.timeout_ms is not None:
                limit = asyncio.sleep(self._wanted.timeout_ms / 1_000)
                watching.append(tasks.create_task(tell("timeout", limit)))
            ending = await first
            for task in watching:
                task.cancel()
        return ending

    async def _end_of_script(self) -> None:
        """Wait for the wire time at which the script ends."""
        end_ms = self._for_ms or self._running.scenario.phase_plan.end_ms
        while not end_ms or self._running.wire_ms < end_ms:  # noqa: ASYNC110 - a clock has no event
            await asyncio.sleep(LOOK_S)

    def _fate(self, ending: str) -> Fate:
        assert self._client is not None
        code = self._client.code
        assert code is not None
        failed = ending == "timeout" or (ending == "client" and code not in self._wanted.fine)
        return Fate(ending=ending, code=code, failed=failed)


def tell_fate(fate: Fate) -> Exit:
    """Say how the client ended and return what that makes of the run."""
    if fate.ending == "client":
        name = _signal_name(-fate.code) if fate.code < 0 else ""
        key = "client.killed" if name else "client.failed" if fate.failed else "client.left"
        talk(say(key, code=fate.code, name=name))
    elif fate.failed:
        talk(say("client.late"))
    return Exit.CLIENT_FAILED if fate.failed else Exit.OK


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def stdout_of(*, as_json: bool) -> int | None:
    """Return where the output of a client goes: ours is the envelope's alone if there is one."""
    return STDERR if as_json else None
