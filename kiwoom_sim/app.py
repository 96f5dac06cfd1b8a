"""Compose a running simulator: scenario in, open doors out.

Not for: parsing a command line (`cli/run.py`) or deciding when to stop.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.launch import authority
from kiwoom_sim.launch.authority import Authority
from kiwoom_sim.observe import logs, run_directory
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.pacer import Pacer, korean_wall_ms
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.secrets import without_secrets
from kiwoom_sim.scenario.values import duration_ms
from kiwoom_sim.servers.host import Doors, open_doors

log = logging.getLogger(__name__)


@dataclass
class Running:
    """Hold a simulator whose doors are open.

    Attributes:
        rest_url, ws_url, control_url, tls_url: Bases without a path, as a client is pointed at.
        directory: Where the run is kept, None if it is not.
        authority: Who signed the certificates of the TLS door.
    """

    scenario: Scenario
    simulation: Simulation
    live: Live
    doors: Doors
    directory: RunDirectory | None
    authority: Authority

    @property
    def rest_url(self) -> str:
        """Return the base URL of the REST door."""
        return self.doors.rest_url

    @property
    def ws_url(self) -> str:
        """Return the base URL of the WebSocket door."""
        return self.doors.ws_url

    @property
    def control_url(self) -> str:
        """Return the base URL of the control door."""
        return self.doors.control_url

    @property
    def tls_url(self) -> str:
        """Return the base URL of the TLS door, https; wss has the same host and port."""
        return self.doors.tls_url

    @property
    def run(self) -> str:
        """Return the id of the run."""
        return self.directory.run if self.directory else self.scenario.name

    def requests(self, api: str = "") -> int:
        """Return how many requests were answered, of one API id or in all."""
        metrics = self.simulation.parts.metrics
        return metrics.requests[api] if api else metrics.request_count

    def faults(self) -> dict[str, int]:
        """Return how many faults were injected, by the rule that asked for them."""
        found: dict[str, int] = {}
        for (rule, _), count in sorted(self.simulation.parts.metrics.faults.items()):
            found[rule] = found.get(rule, 0) + count
        return found

    @property
    def wire_ms(self) -> int:
        """Return the wire time: milliseconds since the run began."""
        return self.live.now_ms()

    @property
    def market_time(self) -> datetime:
        """Return the market time: Korean, without a time zone, as scenario files write it."""
        return datetime_from_moment(self.simulation.parts.world.clock.at(self.wire_ms))

    async def advance(self, duration: str | int) -> None:
        """Let time pass at once, instead of waiting for it.

        Wire time skips forward: limits refill, phases change, PINGs come due, tokens age. Market
        time goes along at its speed; a stepped market (`clock.mode = "stepped"`), which stands
        still otherwise, moves by exactly as much. Returns when every frame that is due in that
        time was handed to the sockets. On the way, a peer that is sent a PING gets up to a
        second of real time to answer.

        Args:
            duration: "5s", "250ms", "2m", "1h", in market time "5s@market"; a number is ms.

        Raises:
            ValueError: That is not a duration, or is negative.
            RuntimeError: The run has ended.
        """
        await self.live.advance(duration_ms(duration, self.scenario.clock.speed))


@asynccontextmanager
async def serve(
    scenario: Scenario | str | Path = "normal_market",
    *,
    host: str | None = None,
    rest_port: int | None = None,
    ws_port: int | None = None,
    runs: Path | None = None,
) -> AsyncIterator[Running]:
    """Run a scenario with open doors for as long as the context lasts.

    Args:
        scenario: A scenario, a file, or a shipped name.
        host: Where to listen, if not as the scenario says.
        rest_port: Port of the REST door, if not as the scenario says; 0 takes any.
        ws_port: Port of the WebSocket door, likewise.
        runs: Directory that keeps a directory for each run; None keeps nothing.

    Raises:
        ScenarioError: The scenario cannot be used.
        StartError: A door cannot be opened, or the run cannot be kept.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    epoch_ms = korean_wall_ms()
    scenario = _settled(scenario, epoch_ms, host=host, rest=rest_port, ws=ws_port)
    directory = run_directory.create(runs, scenario.name) if runs is not None else None
    if directory is not None:
        kept = render_scenario(without_secrets(scenario))
        directory.scenario.write_text(kept, encoding="utf-8", newline="\n")
        logs.configure(directory.log)
    simulation = Simulation(
        scenario,
        epoch_ms=epoch_ms,
        directory=directory.path if directory else None,
        run=directory.run if directory else "",
    )
    live = Live(simulation, Pacer(), TimingLog(directory.path if directory else None))
    signer = Authority(runs / authority.DIRECTORY if runs is not None else None)
    try:
        async with open_doors(live, scenario.doors, signer.server_context) as doors:
            log.info("run started, rest=%s, ws=%s", doors.rest_url, doors.ws_url)
            yield Running(scenario, simulation, live, doors, directory, signer)
        if directory is not None:
            directory.write_digests(simulation.digests())
        log.info("run ended, by=%s", doors.end)
    except Exception:
        log.exception("run failed")
        raise
    finally:
        simulation.flush()
        if directory is not None:
            logs.release()


def _settled(
    scenario: Scenario, epoch_ms: int, *, host: str | None, rest: int | None, ws: int | None
) -> Scenario:
    """Return a scenario with everything filled in that only the moment of the start can tell."""
    chosen = {"host": host, "rest": rest, "ws": ws}
    changes = {name: value for name, value in chosen.items() if value is not None}
    doors = msgspec.structs.replace(scenario.doors, **changes)
    clock = scenario.clock
    if clock.start_ms is None:
        clock = msgspec.structs.replace(clock, start_ms=epoch_ms)
    if clock.hold == "auto":
        clock = msgspec.structs.replace(clock, hold="none")
    return msgspec.structs.replace(scenario, doors=doors, clock=clock)
