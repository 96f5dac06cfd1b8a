"""Be the forward proxy of a client that is not isolated: the broker's names lead to us.

It speaks the one method that https and wss need, CONNECT, and refuses every other place with 403,
so that a client that honours proxy variables reaches the simulator at the broker's own addresses
and nothing else.

Not for: a client that ignores those variables; see `isolation.py`.
"""

import asyncio
import re
import socket
from collections.abc import Collection

from typing_extensions import override

from kiwoom_sim.launch.authority import BROKER_NAMES
from kiwoom_sim.launch.cell import BROKER_PORTS
from kiwoom_sim.servers.relay import Address, Leg, Relays

HEAD_BYTES_MAX = 16 * 1024
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_BODY = b"kiwoom-sim lets nothing through but the broker's names and what --allow names\n"
REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)
_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9._-]+):(\d{1,5}) HTTP/1\.[01]\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


def target_of(head: bytes, broker: Address, allowed: Collection[Address]) -> Address | None:
    """Return where a request may lead; None = nowhere.

    Args:
        head: The request, up to its first empty line.
        broker: Where the broker's names lead.
        allowed: Services that may be reached.
    """
    asked = _CONNECT.match(head)
    if asked is None:
        return None
    place = asked[1].decode("ascii").lower(), int(asked[2])
    if place[0] in BROKER_NAMES and place[1] in BROKER_PORTS:
        return broker
    return place if place in allowed else None


class Front(Leg):
    """Hold the client's side: it reads the one request that is for us.

    Attributes:
        head: Done with that request; cancelled when the client leaves before.
    """

    def __init__(self, legs: set[Leg]) -> None:
        super().__init__(legs)
        self.head: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._read = bytearray()

    @override
    def data_received(self, data: bytes) -> None:
        if self.head.done():
            super().data_received(data)
            return
        self._read += data
        end = _HEAD_END.search(self._read)
        if end is None and len(self._read) <= HEAD_BYTES_MAX:
            return
        length = end.end() if end is not None else 0
        self.head.set_result(bytes(self._read[:length]))
        if len(self._read) > length:
            super().data_received(bytes(self._read[length:]))
        self._read.clear()

    @override
    def eof_received(self) -> bool:
        return self.head.done() and super().eof_received()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.head.cancel()
        super().connection_lost(exc)


class Proxy:
    """Serve clients on a socket, as long as the doors are open."""

    def __init__(self, relays: Relays, broker: Address, allowed: Collection[Address]) -> None:
        self._relays = relays
        self._broker = broker
        self._allowed = allowed

    def serve(self, listener: socket.socket) -> None:
        """Serve on a bound socket."""
        self._relays.listen(listener, self._take)

    async def _take(self, sock: socket.socket) -> None:
        front = Front(self._relays.legs)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: front, sock)
        await asyncio.wait([front.head])
        if front.head.cancelled() or front.transport is None:
            return
        target = target_of(front.head.result(), self._broker, self._allowed)
        if target is None:
            front.transport.write(REFUSED)
            front.close()
            return
        front.transport.write(CONNECTED)
        await self._relays.connect(front, target)
