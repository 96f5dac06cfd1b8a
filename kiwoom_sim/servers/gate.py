"""Hold a listening socket that can be shut and opened again."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from kiwoom_sim.servers.sockets import BACKLOG, bind_again

Take = Callable[[socket.socket], Awaitable[None]]
"""Takes a new connection."""

Stop = Callable[[], object]
Listen = Callable[[socket.socket, Take], Stop]
"""Hands every connection of a socket to a function; returns what stops that and closes it."""


class Gate:
    """Take connections, except while somebody has it shut.

    A socket of another network namespace cannot be bound anew from here. It is kept, stops
    listening while the gate is shut (Linux lets it), and is closed at the end by `close`.

    Attributes:
        door: The door that it is for, "any" = for all; "" = for all, and bound here.
    """

    def __init__(
        self, listener: socket.socket, take: Take, listen: Listen, *, door: str = ""
    ) -> None:
        self.door = door
        self._take, self._listen = take, listen
        self._host, self._port = listener.getsockname()[:2]
        self._kept = listener if door else None
        self._shut_by = 0
        self._stop = self._begin(listener)

    def shut(self) -> None:
        """Refuse connections until everybody who did this has opened the gate again."""
        self._shut_by += 1
        if self._shut_by > 1:
            return
        with suppress(OSError):  # only Linux does this to a socket that listens: it is at once
            self._listener.shutdown(socket.SHUT_RDWR)
        self._stop()

    async def open(self) -> None:
        """Take connections again at the same port, if nobody else has the gate shut."""
        self._shut_by -= 1
        if self._shut_by:
            return
        if self._kept is not None:
            self._kept.listen(BACKLOG)
            self._stop = self._begin(self._kept)
        else:
            self._stop = self._begin(await bind_again(self._host, self._port, "tls"))

    def close(self) -> None:
        """Close what was kept."""
        if self._kept is not None:
            self._kept.close()

    def _begin(self, listener: socket.socket) -> Stop:
        self._listener = listener.dup() if self._kept is not None else listener
        return self._listen(self._listener, self._take)


class Gates:
    """Shut the gates that lead to one door, "" = to any, and open them again."""

    def __init__(self, gates: list[Gate], door: str) -> None:
        self._gates, self._door = gates, door
        self._held: tuple[Gate, ...] = ()

    def shut(self) -> None:
        """Refuse connections from now on."""
        mine = {"", "any", self._door}
        self._held = tuple(g for g in self._gates if not self._door or g.door in mine)
        for gate in self._held:
            gate.shut()

    async def open(self) -> None:
        """Take connections again."""
        for gate in self._held:
            await gate.open()
