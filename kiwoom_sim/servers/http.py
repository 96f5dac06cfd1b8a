"""Run uvicorn for the REST door: numbered connections, no signals, no talk.

Known deviation from a plain uvicorn: connections are numbered from 1 in order of arrival, and
each request's state carries that number and its `Wire`, so that a fault can cut it off or change
how its bytes go out. The bytes of answers without a fault are uvicorn's. Where an unknown uvicorn
does not let itself be looked at, a plain one serves, and faults on the wire are not performed.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.interruption import Interruption
from kiwoom_sim.servers.sockets import bind_again
from kiwoom_sim.servers.stillness import Stillness
from kiwoom_sim.servers.transmit import Wait
from kiwoom_sim.servers.wire import Wire

KEEP_ALIVE_S = 75
GRACE_S = 1
TICK_S = 0.01
"""How soon the end is noticed; uvicorn's own 0.1 s is felt by tests that start many servers."""

log = logging.getLogger(__name__)


Guard = Callable[[int, Wire], Awaitable[bool]]
"""Decides about a new connection, by its ordinal; says whether it may go on."""


class NumberedProtocol(HttpToolsProtocol):
    """Count connections and show each request its own bytes.

    Attributes:
        ordinals: Numbers for new connections.
        guard: Asked about each connection before anything that it says is looked at.
        stillness: Told of each connection.
        wire: The bytes of this connection.
        early: What it said while the guard was thinking; None once it is let in.
    """

    ordinals: Iterator[int] = count(1)
    guard: Guard | None = None
    stillness: Stillness | None = None
    wire: Wire
    early: list[bytes] | None = None

    @override
    def connection_made(self, transport: Any) -> None:
        self.wire = Wire(transport)
        super().connection_made(self.wire)  # type: ignore[arg-type] # used like a transport
        ordinal = next(self.ordinals)
        self.app_state = {"connection": ordinal, "transport": self.wire}
        guard = self.guard
        if guard is not None:
            self.early = []
            task = self.loop.create_task(self._admit(guard(ordinal, self.wire)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        if self.stillness is not None:
            self.stillness.meet(self.wire.transport)

    async def _admit(self, verdict: Awaitable[bool]) -> None:
        """Let a connection in, with what it has said meanwhile, if the guard says so."""
        may_go_on = await verdict
        early, self.early = self.early or [], None
        for data in early if may_go_on else ():
            if not self.wire.is_closing():
                self.data_received(data)

    @override
    def data_received(self, data: bytes) -> None:
        if self.early is not None:
            self.early.append(data)
        else:
            super().data_received(data)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self.wire.pause_writing()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self.wire.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.wire.lose()
        if self.stillness is not None:
            self.stillness.part(self.wire.transport)


def numbered_protocol(
    guard: Guard | None = None, stillness: Stillness | None = None
) -> type[NumberedProtocol]:
    """Return a protocol class whose connections are counted from 1."""

    class OfOneServer(NumberedProtocol):
        ordinals = count(1)

    OfOneServer.guard = staticmethod(guard) if guard is not None else None
    OfOneServer.stillness = stillness
    return OfOneServer


def fits(protocol: type[NumberedProtocol]) -> bool:
    """Say whether the installed uvicorn lets a protocol class see the bytes of its answers.

    A request is fed to a protocol of its own, and what it would have sent is looked at.
    """
    try:
        return _trial(protocol)
    except Exception:
        log.exception("this uvicorn is not known")
        return False


def _trial(protocol_class: type[NumberedProtocol]) -> bool:
    config = uvicorn.Config(_nothing, log_config=None, lifespan="off", ws="none")
    protocol = protocol_class(config, ServerState(), {}, asyncio.get_running_loop())
    transport = _Sink()
    protocol.connection_made(transport)
    wire = protocol.app_state["transport"]
    with wire.captured() as held:
        protocol.send_400_response("x")
    return bool(held) and not transport.written


class _Sink(asyncio.Transport):
    """Stand for a transport that nobody is behind."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    @override
    def write(self, data: Any) -> None:
        self.written.append(data)

    @override
    def is_closing(self) -> bool:
        return False

    @override
    def close(self) -> None:
        pass


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """Stand for an application that is never asked."""


async def _wait(by_ms: int) -> None:
    await asyncio.sleep(by_ms / 1_000)


class HttpServer(uvicorn.Server):
    """Serve an application on an open socket until `should_exit` is set.

    Attributes:
        ready: Set once the socket is served.
        interruption: Shuts this and whatever else leads here.
    """

    def __init__(
        self,
        app: Any,
        *,
        guard: Guard | None = None,
        wait: Wait = _wait,
        stillness: Stillness | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self.interruption = Interruption("rest", wait)
        self.interruption.involve(self)
        self._address = ("", 0)
        super().__init__(
            uvicorn.Config(
                app,
                http=numbered_protocol(guard, stillness),
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the host."""
        yield

    @override
    async def main_loop(self) -> None:
        """Wait for the end."""
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110 - uvicorn's interface is a flag
            await asyncio.sleep(TICK_S)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve and say so."""
        if not fits(numbered_protocol()):
            log.warning("faults on the wire are not performed: uvicorn %s", uvicorn.__version__)
            self.config.http_protocol_class = HttpToolsProtocol
        await super().startup(sockets)
        self.ready.set()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving: cut what faults hold open or back, let the rest be finished."""
        self.interruption.end()
        for wire in self._wires():
            wire.patience.end()
        await super().shutdown(sockets)

    async def run_on(self, sock: socket.socket) -> None:
        """Serve on a bound socket."""
        await self.serve(sockets=[sock])

    async def interrupt(self, how: Shut) -> None:
        """Refuse connections for a while, then listen at the same port again."""
        await self.interruption.run(how, self._cut)

    def _cut(self) -> None:
        for wire in self._wires():
            wire.reset()

    def shut(self) -> None:
        """Refuse connections from now on."""
        (server,) = self.servers
        self._address = server.sockets[0].getsockname()[:2]
        server.close()

    async def open(self) -> None:
        """Listen at the same port again."""
        sock = await bind_again(*self._address, "rest")
        server = await asyncio.get_running_loop().create_server(self._protocol, sock=sock)
        self.servers = [server]

    def _protocol(self) -> asyncio.Protocol:
        protocol_class: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = protocol_class(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    def _wires(self) -> list[Wire]:
        made = (getattr(protocol, "wire", None) for protocol in self.server_state.connections)
        return [wire for wire in made if wire is not None]
