"""Read nothing at any door for a while, as a process that is stopped.

The operating system goes on accepting connections and taking bytes; they wait until somebody
reads again.
"""

import asyncio

from kiwoom_sim.servers.wire import reset


class Stillness:
    """Hold the connections of all doors, and stop and resume reading them.

    Invariant: a connection that a fault stopped reading for good is never read again.
    """

    def __init__(self) -> None:
        self._open: dict[asyncio.Transport, None] = {}
        self._held: list[asyncio.Transport] = []
        self._is_on = False

    def meet(self, transport: asyncio.Transport) -> None:
        """Take a new connection; it is not read while the others are not."""
        self._open[transport] = None
        if self._is_on:
            self._hold(transport)

    def part(self, transport: asyncio.Transport) -> None:
        """Forget a connection that is lost."""
        self._open.pop(transport, None)

    def begin(self) -> None:
        """Stop reading."""
        self._is_on = True
        for transport in self._open:
            self._hold(transport)

    def end(self) -> None:
        """Read again, in the order in which connections were held."""
        self._is_on = False
        held, self._held = self._held, []
        for transport in held:
            if transport in self._open and not transport.is_closing():
                transport.resume_reading()

    def cut(self) -> None:
        """Reset every connection."""
        for transport in tuple(self._open):
            reset(transport)

    def _hold(self, transport: asyncio.Transport) -> None:
        if transport.is_reading() and not transport.is_closing():
            transport.pause_reading()
            self._held.append(transport)
