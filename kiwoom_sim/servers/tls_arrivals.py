"""Decide about connections at the TLS door before their TLS handshake.

Not for: what happens once it is known which door a client means; that is relayed.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from itertools import count

from typing_extensions import override

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.servers.arrival import StartShut, meet
from kiwoom_sim.servers.relay import Leg
from kiwoom_sim.servers.transmit import Wait
from kiwoom_sim.servers.wire import Wire


class Bare(Leg):
    """Hold a connection that never gets as far as TLS.

    Attributes:
        wire: Its bytes.
    """

    wire: Wire

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.transport is not None
        self.wire = Wire(self.transport)

    @override
    def data_received(self, data: bytes) -> None:
        """Take no notice."""

    @override
    def eof_received(self) -> bool:
        return False

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.wire.lose()

    @override
    def pause_writing(self) -> None:
        self.wire.pause_writing()

    @override
    def resume_writing(self) -> None:
        self.wire.resume_writing()

    @override
    def drop(self) -> None:
        self.wire.reset()


class Arrivals:
    """Decide about new connections before their TLS handshake.

    Args:
        arrive: Says what goes wrong with a connection, by its ordinal.
        wait: Waits for wire time.
        shut: Begins to shut the door.
    """

    def __init__(
        self, arrive: Callable[[int], Awaitable[Plan]], wait: Wait, shut: StartShut
    ) -> None:
        self._arrive, self._wait, self._shut = arrive, wait, shut
        self._ordinals = count(1)

    async def admit(self, sock: socket.socket, legs: set[Leg]) -> bool:
        """Do what goes wrong with a connection; say whether it may go on to TLS."""
        plan = await self._arrive(next(self._ordinals))
        if plan.transmit is None and not plan.is_lost:
            if plan.delay_ms:
                await self._wait(plan.delay_ms)
            if plan.shut is not None:
                self._shut(plan.shut)
            return True
        bare = Bare(legs)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: bare, sock)
        await meet(plan, bare.wire, self._wait, self._shut)
        return False
