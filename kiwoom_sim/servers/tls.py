"""Open the TLS door: one port for https and wss.

A connection's first request says which door it means: a WebSocket handshake the WebSocket door,
everything else the REST door. From there on its bytes are relayed, so that whatever happens at
a door (a reset, a cut, a slow drip) happens to the client behind TLS too.

Known deviation: a connection that a door cuts without a reset ends with TLS's own goodbye.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable

from typing_extensions import override

from kiwoom_sim.servers.relay import Address, Leg, Relays

HANDSHAKE_S = 10
HEAD_BYTES_MAX = 64 * 1024
_UPGRADE = re.compile(rb"^upgrade:[ \t]*websocket", re.IGNORECASE | re.MULTILINE)

MakeContext = Callable[[], ssl.SSLContext]
"""Makes what the door needs for TLS; called once, in a thread, for the first connection."""


def door_of(head: bytes | bytearray) -> str | None:
    """Return the door that a request means, "rest" or "ws"; None = too early to tell."""
    if not b"GET ".startswith(head[:4]):
        return "rest"
    end = re.search(rb"\r?\n\r?\n", head)
    if end is None:
        return "rest" if len(head) > HEAD_BYTES_MAX else None
    head = head[: end.end()]
    path = head.split(maxsplit=2)[1].partition(b"?")[0]
    return "ws" if _UPGRADE.search(head) or path.endswith(b"/websocket") else "rest"


class Front(Leg):
    """Hold the client's side: it finds out which door is meant.

    Attributes:
        door: Done when that is known; cancelled when the client leaves before.
    """

    def __init__(self, legs: set[Leg]) -> None:
        super().__init__(legs)
        self.door: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._head = bytearray()

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.door.done():
            return
        self._head += data
        door = door_of(self._head)
        if door is not None:
            self.door.set_result(door)
            self._head.clear()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.door.cancel()
        super().connection_lost(exc)


class TlsDoor:
    """Serve TLS on any number of sockets."""

    def __init__(self, relays: Relays, doors: dict[str, Address], make: MakeContext) -> None:
        self._relays = relays
        self._doors = doors
        self._make = make
        self._making = asyncio.Lock()
        self._context: ssl.SSLContext | None = None

    def serve(self, listener: socket.socket) -> None:
        """Serve on a bound socket."""
        self._relays.listen(listener, self._take)

    async def _take(self, sock: socket.socket) -> None:
        context = await self._ready_context()
        front = Front(self._relays.legs)
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: front, sock, ssl=context, ssl_handshake_timeout=HANDSHAKE_S
        )
        await asyncio.wait([front.door])
        if not front.door.cancelled():
            await self._relays.connect(front, self._doors[front.door.result()])

    async def _ready_context(self) -> ssl.SSLContext:
        async with self._making:
            if self._context is None:
                self._context = await asyncio.to_thread(self._make)
        return self._context
