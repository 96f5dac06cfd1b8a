"""Open all doors of a live run in one event loop, and close them in order.

Closing: no new requests; answers under way are finished; every WebSocket peer gets close code
1001; trace, journal and digests are written.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kiwoom_sim.core.clock import datetime_from_moment, day_of
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.scenario.schema import DoorsConfig
from kiwoom_sim.servers.control import ControlApp
from kiwoom_sim.servers.http import Guard, HttpServer
from kiwoom_sim.servers.outages import Outages
from kiwoom_sim.servers.relay import Relays
from kiwoom_sim.servers.rest import Asgi, BrokerHandler, RestApp
from kiwoom_sim.servers.sockets import address_of, bind, url_of
from kiwoom_sim.servers.stillness import Stillness
from kiwoom_sim.servers.tls import MakeContext, TlsDoor
from kiwoom_sim.servers.tls_arrivals import Arrivals
from kiwoom_sim.servers.ws import WsDoor
from kiwoom_sim.version import __version__

log = logging.getLogger(__name__)

KOREAN_OFFSET = "+09:00"


@dataclass
class Doors:
    """Say where the doors are.

    Attributes:
        end: How the run ended, as its trace calls it; set before the doors are closed.
        relays: Lead further sockets to the doors, while these are open.
        tls: Serves TLS on further sockets, while the doors are open.
    """

    rest_url: str
    ws_url: str
    control_url: str
    tls_url: str
    end: str = "stop"
    relays: Relays = field(init=False)
    tls: TlsDoor = field(init=False)


@asynccontextmanager
async def open_doors(
    live: Live, config: DoorsConfig, make_context: MakeContext
) -> AsyncIterator[Doors]:
    """Open the doors of a run and close them again.

    Args:
        live: The run.
        config: Where the doors are.
        make_context: Makes what TLS needs, when the first client comes to that door.

    Raises:
        StartError: A port cannot be had.
    """
    with (
        bind(config.host, config.rest, "rest") as rest_socket,
        bind(config.host, config.ws, "ws") as ws_socket,
        bind(config.host, config.control_port, "control") as control_socket,
        bind(config.host, config.tls_port, "tls") as tls_socket,
    ):
        sockets = {
            "rest": rest_socket, "ws": ws_socket, "control": control_socket, "tls": tls_socket,
        }  # fmt: skip
        doors = Doors(
            rest_url=url_of("http", rest_socket),
            ws_url=url_of("ws", ws_socket),
            control_url=url_of("http", control_socket),
            tls_url=url_of("https", tls_socket),
        )
        async with _serve(live, doors, sockets, make_context):
            yield doors


@asynccontextmanager
async def _serve(
    live: Live, doors: Doors, sockets: dict[str, socket.socket], make_context: MakeContext
) -> AsyncIterator[None]:
    """Serve on bound sockets."""
    broker = BrokerHandler(live)
    app = _rest_app(live, broker)
    still = Stillness()
    http = HttpServer(app, guard=_guard(live, broker), wait=live.delay, stillness=still)
    control = HttpServer(ControlApp(live, lambda status: _health(live, status)))
    failure: BaseException | None = None
    async with asyncio.TaskGroup() as tasks:
        pages = {
            "/": lambda: _health(live, "running"),
            "/health": lambda: _health(live, "healthy"),
        }
        ws = WsDoor(live, {**pages, "/stats": lambda: _stats(live)}, tasks, still)
        targets = {name: address_of(sockets[name]) for name in ("rest", "ws")}
        doors.relays = Relays(tasks)
        doors.relays.ready = lambda: live.delay(0)
        doors.tls = TlsDoor(doors.relays, targets, make_context, live.delay)
        http.interruption.involve(doors.tls.entrance("rest"))
        ws.interruption.involve(doors.tls.entrance("ws"))
        broker.freeze = ws.freeze = doors.relays.freeze
        broker.shut = lambda how: tasks.create_task(http.interrupt(how))
        _greet(live, doors.tls, tasks)
        await ws.listen(sockets["ws"])
        serving = tasks.create_task(http.run_on(sockets["rest"]))
        tasks.create_task(control.run_on(sockets["control"]))
        await http.ready.wait()
        await control.ready.wait()
        tasks.create_task(live.run())
        tasks.create_task(_prepare(app))
        doors.tls.serve(sockets["tls"])
        outages = Outages(live, (http, ws, doors.tls), still, tasks)
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - handed on below, out of the task group
            failure = error
        outages.end()
        http.should_exit = control.should_exit = True
        await asyncio.wait([serving])
        await live.stop(doors.end)
        await ws.close()
        doors.tls.close()
        doors.relays.close()
    if failure is not None:
        raise failure


async def _prepare(app: RestApp) -> None:
    """Build what carries health and docs; the broker paths live without it."""
    try:
        await app.carrier()
    except Exception:
        log.exception("health and documentation pages cannot be shown")


def _guard(live: Live, broker: BrokerHandler) -> Guard | None:
    """Return what decides about new connections; None if no rule is about them."""
    return broker.admit if live.simulation.parts.faults.watches_connections() else None


def _greet(live: Live, tls: TlsDoor, tasks: asyncio.TaskGroup) -> None:
    """Let rules decide about connections at the TLS door, if any are about them."""
    if live.simulation.parts.faults.watches_connections("tls"):
        tls.arrivals = Arrivals(
            lambda connection: live.arrive(connection, "tls"),
            live.delay,
            lambda how: tasks.create_task(tls.interrupt(how)),
        )


def _rest_app(live: Live, broker: BrokerHandler) -> RestApp:
    def build() -> Asgi:
        from kiwoom_sim.servers.carrier import build_carrier  # noqa: PLC0415 - takes 0.4 s

        world = live.simulation.parts.world
        return build_carrier(
            broker, lambda status: _health(live, status), lambda: day_of(world.clock.at(0))
        )

    return RestApp(broker, build)


def _health(live: Live, status: str) -> dict[str, object]:
    """Return what a health check wants to know.

    The status is "running" on `/` and "healthy" on `/health`: older scripts wait for these words.
    """
    ms = live.now_ms()
    parts = live.simulation.parts
    market = datetime_from_moment(parts.world.clock.at(ms)).isoformat(timespec="milliseconds")
    return {
        "status": status,
        "service": "kiwoom-sim",
        "name": "kiwoom-sim",
        "version": __version__,
        "scenario": live.simulation.scenario.name,
        "connections": parts.metrics.connections,
        "wire_ms": ms,
        "market_time": market,
        "timestamp": f"{market}{KOREAN_OFFSET}",
    }


def _stats(live: Live) -> dict[str, object]:
    """Return every counter of the run."""
    metrics = live.simulation.parts.metrics
    return {
        **_health(live, "running"),
        **metrics.summary(),
        "active_connections": metrics.connections,
        "broadcasting": live.simulation.scenario.ralph.enabled,
    }
