"""Hold one WebSocket connection: its place in the run, and how a fault of the network ends it.

From the moment on at which such a fault has struck, the protocol neither hears nor says anything;
what is left of the connection is its wire.
"""

import asyncio
from collections.abc import Callable

from typing_extensions import override
from websockets.asyncio.server import ServerConnection

from kiwoom_sim.faults.transmission import Transmit
from kiwoom_sim.servers.stillness import Stillness
from kiwoom_sim.servers.transmit import Wait, leave
from kiwoom_sim.servers.wire import Wire


class Peer(ServerConnection):
    """Hold one connection and its place in the run.

    Attributes:
        ordinal: Ordinal of the connection, 0 before its handshake was taken.
        lost: Called when the connection is lost before anybody served it.
        stillness: Told of each connection.
        wire: The bytes of the connection.
    """

    ordinal = 0
    lost: Callable[[int], None] | None = None
    stillness: Stillness | None = None
    wire: Wire
    _is_gone = False
    _is_cut_off = False

    def attend(self, ordinal: int, lost: Callable[[int], None]) -> None:
        """Take a place in the run; `lost` is called now if the connection is gone already."""
        self.ordinal, self.lost = ordinal, lost
        if self._is_gone:
            lost(ordinal)

    def cut_off(self, last: bytes) -> None:
        """Hear nothing any more, and say nothing but some last bytes."""
        self._is_cut_off = True
        if last and not self.wire.is_closing():
            self.transport.write(last)

    async def leave(self, how: Transmit, wait: Wait) -> None:
        """Do with a connection that was cut off what is to become of it, and see it go."""
        await leave(how, self.wire, wait)
        await self.wire.gone()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.wire = Wire(self.transport)
        if self.stillness is not None:
            self.stillness.meet(self.transport)

    @override
    def data_received(self, data: bytes) -> None:
        if not self._is_cut_off:
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
            self.stillness.part(self.transport)
        self._is_gone = True
        if self.lost is not None:
            self.lost(self.ordinal)
