"""Stand between a protocol and its transport: see the bytes of an answer, and cut connections.

A write goes straight to the transport, at no cost, except while it is captured.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiwoom_sim.servers.patience import Patience

_NO_LINGER = struct.pack("ii", 1, 0)
"""Makes the kernel drop what is unsent and say RST instead of FIN."""

Address = Any
"""Address of a socket, as the operating system names it."""


class Wire:
    """Hold the transport of one connection, and be used like it.

    Attributes:
        write: Send bytes.
        patience: Ends when the connection is lost, or when the run ends.
        on_freeze: Told the address of the other side when this one stops listening for good.
        transport: What it stands before.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.write: Callable[[bytes], object] = transport.write
        self.is_closing = transport.is_closing
        self.patience = Patience()
        self.on_freeze: Callable[[Address], None] = lambda _: None
        self._gone = asyncio.Event()
        self.transport = transport
        self._writable = asyncio.Event()
        self._writable.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    @contextmanager
    def captured(self) -> Iterator[bytearray]:
        """Keep what is written back, for as long as the context lasts."""
        held = bytearray()
        self.write = held.extend
        try:
            yield held
        finally:
            self.write = self.transport.write

    async def drained(self) -> None:
        """Wait until the kernel has taken everything that was written."""
        if not self.is_closing():
            self.transport.set_write_buffer_limits(0)
            await self._writable.wait()

    def reset(self) -> None:
        """Cut the connection with a reset (RST)."""
        reset(self.transport)

    def freeze(self) -> None:
        """Read nothing any more, so that not even the end of the other side is noticed."""
        if not self.is_closing():
            self.transport.pause_reading()
            self.on_freeze(self.transport.get_extra_info("peername"))

    async def gone(self) -> None:
        """Wait until the connection is gone."""
        await self._gone.wait()

    def pause_writing(self) -> None:
        """Take note that the transport's buffer is not empty enough."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Take note that the transport's buffer has room again."""
        self._writable.set()

    def lose(self) -> None:
        """Take note that the connection is gone."""
        self._gone.set()
        self._writable.set()
        self.patience.end()


def reset(transport: asyncio.Transport) -> None:
    """Cut a connection with a reset (RST) instead of a proper end (FIN)."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
