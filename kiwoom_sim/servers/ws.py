"""Open the WebSocket door: texts in as records, prebuilt frames out.

A frame is built once and written to every recipient's transport; what one batch has for a
connection leaves in one write. A peer that does not read is dropped when too much is waiting for
it, so that it cannot slow the others down. What is said to a connection while its handshake is
under way (`/ws` says welcome at once) waits until that is done.

Not for: what is said (`protocol/session.py`) and when (`runtime/sockets.py`).
"""

import asyncio
import http
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from kiwoom_sim.faults.effects import Reply
from kiwoom_sim.faults.transmission import Ending, Shut, Transmit
from kiwoom_sim.protocol.ralph.session import PATH as RALPH_PATH
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.servers.interruption import Interruption
from kiwoom_sim.servers.peer import Peer
from kiwoom_sim.servers.sockets import bind_again
from kiwoom_sim.servers.stillness import Stillness
from kiwoom_sim.servers.wire import Address

PATHS = frozenset({"/api/dostk/websocket", "/api/us/websocket"})
BUFFER_BYTES_MAX = 8 << 20
MESSAGE_BYTES_MAX = 1 << 20
CLOSE_TIMEOUT_S = 0.7
"""How long a peer has to answer a close frame, also at the end of the run."""
OPEN_TIMEOUT_S = 600
"""For how long a handshake may take: a rule can make it slow."""

Facts = Callable[[], dict[str, object]]
"""Makes the body of a health page."""

log = logging.getLogger(__name__)


class WsDoor:
    """Hold the open sockets by the ordinal of their connection.

    Attributes:
        interruption: Shuts this and whatever else leads here.
        freeze: Told the address of a client whose connection is left half open.
    """

    def __init__(
        self,
        live: Live,
        pages: dict[str, Facts],
        tasks: asyncio.TaskGroup,
        stillness: Stillness | None = None,
    ) -> None:
        self._live = live
        self._stillness = stillness
        self._pages = pages
        self._tasks = tasks
        self._peers: dict[int, Peer] = {}
        self._early: dict[int, list[Callable[[], None]]] = {}
        self._newest = 0  # ordinal of the last handshake that was taken; they only grow
        self._paths = PATHS | ({RALPH_PATH} if live.simulation.scenario.ralph.enabled else set())
        self._metrics = live.simulation.parts.metrics
        self._guests: dict[int, Peer] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._servers: list[Server] = []
        self._address = ("", 0)
        self._watched = live.simulation.parts.faults.watches("ws")
        self.interruption = Interruption("ws", live.delay)
        self.interruption.involve(self)
        self.freeze: Callable[[Address], None] = lambda _: None
        live.deliver = self.deliver

    async def listen(self, sock: socket.socket) -> None:
        """Begin to listen at a bound socket."""
        server = await serve(
            self._serve_peer,
            create_connection=self._new_peer,  # type: ignore[arg-type] # called like the class
            process_request=self._process_request,
            process_response=self._process_response,
            compression=None,
            server_header=None,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT_S,
            open_timeout=None if self._watched else OPEN_TIMEOUT_S,
            max_size=MESSAGE_BYTES_MAX,
            sock=sock,
        )
        self._servers.append(server)

    async def interrupt(self, how: Shut) -> None:
        """Refuse connections for a while, then listen at the same port again."""
        await self.interruption.run(how, self._cut)

    def _cut(self) -> None:
        for peer in tuple(self._guests.values()):
            peer.wire.patience.end()
            peer.wire.reset()

    def shut(self) -> None:
        """Refuse connections from now on."""
        listening = self._servers[-1].server
        self._address = listening.sockets[0].getsockname()[:2]
        listening.close()

    async def open(self) -> None:
        """Listen at the same port again."""
        await self.listen(await bind_again(*self._address, "ws"))

    async def close(self) -> None:
        """End every connection, those first that a fault keeps open, and stop listening."""
        self.interruption.end()
        for peer in self._guests.values():
            peer.wire.patience.end()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=CLOSE_TIMEOUT_S)
        for server in self._servers:
            server.close()
        closed = asyncio.gather(*(server.wait_closed() for server in self._servers))
        await asyncio.wait([closed], timeout=CLOSE_TIMEOUT_S)
        for server in self._servers:
            for connection in tuple(server.all_connections):  # they had their time
                connection.transport.abort()
        await closed

    def _new_peer(self, *args: Any, **kwargs: Any) -> Peer:
        peer = Peer(*args, **kwargs)
        peer.stillness = self._stillness
        return peer

    def deliver(self, items: list[Outgoing]) -> None:
        """Write a batch, in order; each connection gets one write."""
        buffers: dict[int, list[bytes]] = {}
        for item in items:
            if item.close >= 0:
                for ordinal in item.to:
                    self._write(ordinal, buffers.pop(ordinal, []))
                    self._close(ordinal, item.close, item.reason)
                continue
            if item.ending is not None:
                for ordinal in item.to:
                    self._write(ordinal, buffers.pop(ordinal, []))
                    self._end(ordinal, item.ending, item.frame)
                continue
            data = Frame(Opcode.TEXT, item.frame).serialize(mask=False)
            for ordinal in item.to:
                buffers.setdefault(ordinal, []).append(data)
        for ordinal, parts in buffers.items():
            self._write(ordinal, parts)

    def _write(self, ordinal: int, parts: list[bytes]) -> None:
        peer = self._peers.get(ordinal)
        if peer is None:
            self._postpone(ordinal, partial(self._write, ordinal, parts))
            return
        if not parts or peer.state is not State.OPEN:
            return
        transport = peer.transport
        if transport.is_closing():  # the peer ended it, and the protocol is about to hear of that
            return
        transport.write(parts[0] if len(parts) == 1 else b"".join(parts))
        if transport.get_write_buffer_size() > BUFFER_BYTES_MAX:
            log.warning("connection dropped: it does not read, connection=%s", ordinal)
            self._metrics.dropped += 1
            transport.abort()

    def _close(self, ordinal: int, code: int, reason: str) -> None:
        peer = self._peers.get(ordinal)
        if peer is None:
            self._postpone(ordinal, partial(self._close, ordinal, code, reason))
        elif code == 0:
            peer.transport.abort()
        else:
            self._tasks.create_task(peer.close(code, reason))

    def _end(self, ordinal: int, ending: Ending, frame: bytes) -> None:
        """End a connection behind as much of a frame as is said, or begin to shut the door."""
        peer = self._peers.get(ordinal)
        if isinstance(ending, Shut):
            self._tasks.create_task(self.interrupt(ending))
        elif peer is None:
            self._postpone(ordinal, partial(self._end, ordinal, ending, frame))
        elif peer.state is State.OPEN:
            _ = self._let_go(peer, ending, _beginning(frame, ending))

    def _let_go(self, peer: Peer, how: Transmit, last: bytes) -> asyncio.Task[None]:
        """Send some last bytes and leave a connection as told."""
        peer.cut_off(last + how.garbage)
        peer.wire.on_freeze = self.freeze
        task = self._tasks.create_task(peer.leave(how, self._live.delay))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        return task

    def _postpone(self, ordinal: int, act: Callable[[], None]) -> None:
        """Put something off until a handshake is done; a peer that is gone misses it."""
        if ordinal > self._newest or ordinal in self._early:
            self._early.setdefault(ordinal, []).append(act)

    def _lost(self, ordinal: int) -> None:
        """Take the news that a peer was lost in its handshake."""
        self._early.pop(ordinal, None)
        self._guests.pop(ordinal, None)
        self._live.disconnected(ordinal, 0)

    async def _serve_peer(self, peer: ServerConnection) -> None:
        """Hand on what a peer says until it is gone."""
        assert isinstance(peer, Peer)
        ordinal, peer.lost = peer.ordinal, None
        self._peers[ordinal] = peer
        for act in self._early.pop(ordinal, ()):
            act()
        self._metrics.connections += 1
        log.info("connection opened, connection=%s, peer=%s", ordinal, peer.remote_address)
        try:
            async for message in peer:
                self._live.message(ordinal, message)
        except ConnectionClosed:
            pass
        finally:
            del self._peers[ordinal]
            self._guests.pop(ordinal, None)
            self._metrics.connections -= 1
            log.info("connection closed, connection=%s, code=%s", ordinal, peer.close_code)
            self._live.disconnected(ordinal, peer.close_code or 0)

    def _process_request(self, _peer: ServerConnection, request: Request) -> Response | None:
        """Answer plain HTTP; let handshakes on a known path through."""
        path = urlsplit(request.path).path
        page = self._pages.get(path)
        if page is not None and request.method in {"GET", "HEAD"}:
            return _json(200, page(), head=request.method == "HEAD")
        if path not in self._paths:
            return _json(404, {"error": "not found", "path": path})
        return None

    async def _process_response(
        self, peer: ServerConnection, request: Request, response: Response
    ) -> Response | None:
        """Take a handshake that succeeded, unless a fault has other plans."""
        if response.status_code != http.HTTPStatus.SWITCHING_PROTOCOLS:
            return None
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        assert isinstance(peer, Peer)
        ordinal, plan = await self._live.connect(urlsplit(request.path).path, headers)
        self._newest = max(self._newest, ordinal)
        self._early.setdefault(ordinal, [])
        self._guests[ordinal] = peer
        peer.attend(ordinal, self._lost)
        if plan.delay_ms or self._live.stands_still():
            await peer.wire.patience.spend(self._live.delay(plan.delay_ms))
        if plan.shut is not None:
            self._tasks.create_task(self.interrupt(plan.shut))
        if plan.transmit is not None:
            part = b"" if plan.cut is None else response.serialize()
            await self._let_go(peer, plan.transmit, part[: plan.transmit.kept(len(part))])
        elif plan.shut is not None and plan.shut.cut:
            await peer.wire.gone()
        if isinstance(plan.instead, Reply):
            extra = Headers(plan.instead.headers)
            extra["Content-Type"] = plan.instead.content_type
            return _response(plan.instead.status, plan.instead.body, extra)
        if plan.close is not None or plan.instead is not None or plan.restarts:
            peer.transport.abort()
            return None
        return None


def _beginning(frame: bytes, how: Transmit) -> bytes:
    """Return the first part of a frame as it is on the wire, its head included."""
    if not frame:
        return b""
    data = Frame(Opcode.TEXT, frame).serialize(mask=False)
    return data[: len(data) - len(frame) + how.kept(len(frame))]


def _json(status: int, body: dict[str, object], *, head: bool = False) -> Response:
    headers = Headers({"Content-Type": "application/json"})
    response = _response(status, msgspec.json.encode(body), headers)
    if head:
        response.body = b""
    return response


def _response(status: int, body: bytes, headers: Headers) -> Response:
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    return Response(status, http.HTTPStatus(status).phrase, headers, body)
