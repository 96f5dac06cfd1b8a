"""Open the TLS door: one port for https and wss.

A connection's first request says which door it means: a WebSocket handshake the WebSocket door,
everything else the REST door. From there on its bytes are relayed, so that whatever happens at
a door (a reset, a cut, a slow drip) happens to the client behind TLS too. A door that is shut shuts
this one with it, so that its clients are refused here as well; with a port for each door (as a
client in a cell finds them) only that door's.

Known deviation: a connection that a door cuts without a reset ends with TLS's own goodbye.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable

from typing_extensions import override

from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.gate import Gate, Gates
from kiwoom_sim.servers.interruption import Entrance, Interruption
from kiwoom_sim.servers.relay import Address, Leg, Relays
from kiwoom_sim.servers.tls_arrivals import Arrivals, Bare
from kiwoom_sim.servers.transmit import Wait

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
    """Serve TLS on any number of sockets.

    Attributes:
        interruption: Shuts all of them, whatever door a client means.
        arrivals: Decides about new connections; None = all are welcome.
    """

    def __init__(
        self, relays: Relays, doors: dict[str, Address], make: MakeContext, wait: Wait
    ) -> None:
        self._gates: list[Gate] = []
        self.interruption = Interruption("tls", wait)
        self.interruption.involve(self.entrance(""))
        self.arrivals: Arrivals | None = None
        self._relays = relays
        self._doors = doors
        self._make = make
        self._making = asyncio.Lock()
        self._context: ssl.SSLContext | None = None

    def serve(self, listener: socket.socket, door: str = "") -> None:
        """Serve on a bound socket; with a door (or "any") it is of another network namespace."""
        self._gates.append(Gate(listener, self._take, self._relays.listen, door=door))

    def entrance(self, door: str) -> Entrance:
        """Return what leads to a door through TLS, "" = to any."""
        return Gates(self._gates, door)

    async def interrupt(self, how: Shut) -> None:
        """Refuse connections for a while."""
        await self.interruption.run(how, self._cut)

    def _cut(self) -> None:
        for leg in tuple(self._relays.legs):
            if isinstance(leg, Front | Bare):
                leg.reset()

    def close(self) -> None:
        """Let go of the sockets."""
        self.interruption.end()
        for gate in self._gates:
            gate.close()

    async def _take(self, sock: socket.socket) -> None:
        if self.arrivals is not None and not await self.arrivals.admit(sock, self._relays.legs):
            return
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
