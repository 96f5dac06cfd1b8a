"""Relay byte streams: what one side says the other hears, ends and resets included.

Layout: a relayed connection is two legs. Whoever accepted the one connects the other to the door
that is meant. A leg that cannot take more stops the other from being read.

Invariant: a leg that was reset resets the other; one that ended ends the other, after everything
that it said. A leg that can end one direction alone (TCP can, TLS cannot) keeps the other.
"""

import asyncio
import logging
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

from typing_extensions import override

ACCEPT_PAUSE_S = 0.1
_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""Makes closing a socket a reset, with nothing sent any more."""

Address = tuple[str, int]
Stop = Callable[[], object]

log = logging.getLogger(__name__)


def reset(transport: asyncio.Transport | None) -> None:
    """Cut a connection with a reset (RST), as a crashed machine or a firewall does."""
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    with suppress(OSError):  # the socket may be gone already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    transport.abort()


class Leg(asyncio.Protocol):
    """Hold one side of a relayed connection.

    Attributes:
        transport: The connection, None before it is made and after it is lost.
    """

    def __init__(self, legs: "set[Leg]") -> None:
        self.transport: asyncio.Transport | None = None
        self._kept: socket.socket | None = None
        self._legs = legs
        self._other: Leg | None = None
        self._early: list[bytes] = []
        self._has_ended = False

    def join(self, other: "Leg") -> None:
        """Hand on to another leg, beginning with what came before."""
        self._other = other
        for data in self._early:
            self._write(data)
        self._early.clear()
        if self._has_ended and other.transport is not None and other.transport.can_write_eof():
            other.transport.write_eof()
        if self.transport is None:
            other.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are none by class
        self._legs.add(self)

    @override
    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._early.append(data)
        else:
            self._write(data)

    def _write(self, data: bytes) -> None:
        other = self._other
        if other is not None and other.transport is not None and not other.transport.is_closing():
            other.transport.write(data)

    @override
    def eof_received(self) -> bool:
        """End the other side's input; say whether this side still takes something."""
        self._has_ended = True
        other = self._other
        if other is None and self.transport is not None:
            return self.transport.can_write_eof()
        if other is None or other.transport is None or self.transport is None:
            return False
        if other.transport.can_write_eof() and not other.transport.is_closing():
            other.transport.write_eof()
        else:
            other.close()
        return self.transport.can_write_eof() and not other._has_ended  # noqa: SLF001 - the same class

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._kept is not None:  # it does not show
            return
        self._legs.discard(self)
        if self._other is None:
            return
        if exc is None:
            self._other.close()
        else:
            self._other.reset()

    @override
    def pause_writing(self) -> None:
        if self._other is not None and self._other.transport is not None:
            self._other.transport.pause_reading()

    @override
    def resume_writing(self) -> None:
        other = self._other
        if other is not None and other.transport is not None and other._kept is None:  # noqa: SLF001 - the same class
            other.transport.resume_reading()

    def close(self) -> None:
        """Close this side after everything that was written."""
        if self._kept is not None:
            self.reset()
        elif self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """Cut this side with a reset."""
        reset(self.transport)
        if self._kept is not None:
            with suppress(OSError):
                self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self._kept.close()
            self._legs.discard(self)

    def drop(self) -> None:
        """End this side at once: the run ends."""
        if self._kept is not None:
            self.reset()
        elif self.transport is not None:
            self.transport.abort()

    def freeze(self) -> None:
        """Read nothing any more, and do not let the other side feel whatever happens here.

        A second handle keeps the connection open when TLS, which cannot be kept from seeing the
        client's end, closes its own.
        """
        if self.transport is not None and self._kept is None:
            handle = self.transport.get_extra_info("socket").fileno()
            self._kept = socket.socket(fileno=os.dup(handle))
            self.transport.pause_reading()

    def freeze_behind(self, address: Address) -> bool:
        """Stop reading the other side if this one has an address; say whether it has."""
        if self.transport is None or self.transport.get_extra_info("sockname") != address:
            return False
        if self._other is not None:
            self._other.freeze()
        return True


class Relays:
    """Accept on sockets and relay what comes to doors, until closed.

    Attributes:
        ready: Waited for before anything is done for a new connection.
    """

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self.legs: set[Leg] = set()
        self.ready: Callable[[], Awaitable[None]] = _at_once

    def relay(self, listener: socket.socket, target: Address) -> None:
        """Relay every connection of a listening socket to an address."""

        async def take(sock: socket.socket) -> None:
            leg = Leg(self.legs)
            await asyncio.get_running_loop().connect_accepted_socket(lambda: leg, sock)
            await self.connect(leg, target)

        self.listen(listener, take)

    def listen(
        self, listener: socket.socket, take: Callable[[socket.socket], Awaitable[None]]
    ) -> Stop:
        """Hand every connection of a listening socket to a function; it is closed at the end.

        Returns:
            What ends that early.
        """
        listener.setblocking(False)  # noqa: FBT003 - the socket's own interface
        return self._start(self._accept(listener, take))

    def freeze(self, address: Address) -> None:
        """Read nothing more of the client that a door sees at an address, if it is relayed."""
        _ = any(leg.freeze_behind(address) for leg in self.legs)

    async def connect(self, leg: Leg, target: Address) -> None:
        """Connect a leg to an address; a leg whose target refuses is reset."""
        other = Leg(self.legs)
        try:
            await asyncio.get_running_loop().create_connection(lambda: other, *target)
        except OSError as error:
            log.info("relay refused, target=%s:%s, error=%s", *target, error)
            reset(leg.transport)
            return
        other.join(leg)
        leg.join(other)

    async def _accept(
        self, listener: socket.socket, take: Callable[[socket.socket], Awaitable[None]]
    ) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                try:
                    sock, _ = await loop.sock_accept(listener)
                except OSError as error:  # too many open files, a peer that left at once
                    log.warning("connection not accepted, error=%s", error)
                    await asyncio.sleep(ACCEPT_PAUSE_S)
                    continue
                self._start(self._take(sock, take))

    async def _take(
        self, sock: socket.socket, take: Callable[[socket.socket], Awaitable[None]]
    ) -> None:
        try:
            await self.ready()
            await take(sock)
        except OSError as error:  # a failed TLS handshake is one too
            log.info("connection not relayed, error=%s", error)
            sock.close()
        except Exception:
            log.exception("connection not relayed")
            sock.close()

    def _start(self, work: "asyncio._CoroutineLike[None]") -> Stop:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task.cancel

    def close(self) -> None:
        """Accept no more and drop what is open."""
        for task in tuple(self._running):
            task.cancel()
        for leg in tuple(self.legs):
            leg.drop()


async def _at_once() -> None:
    """Wait for nothing."""
