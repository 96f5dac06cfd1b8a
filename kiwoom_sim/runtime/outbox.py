"""Hold back frames that have to wait, and keep every connection's frames in order.

A frame that follows a delayed one on the same connection waits with it: a socket is a queue.
"""

from heapq import heappop, heappush

from msgspec import Struct


class Outgoing(Struct, frozen=True, kw_only=True):
    """Hold one thing to do at the WebSocket door: send a frame, or close connections.

    Attributes:
        ms: Wire time at which it is due.
        to: Ordinals of the connections.
        frame: Text to send; empty when closing.
        close: Close code; 0 drops the TCP connection, -1 = nothing is closed.
        cause: "tick", "reply", "ping" or "fault".
        faults: Ids of the faults that had a hand in it.
    """

    ms: int
    to: tuple[int, ...]
    frame: bytes = b""
    close: int = -1
    reason: str = ""
    cause: str = "reply"
    faults: tuple[str, ...] = ()


class Outbox:
    """Hold what is not due yet."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Outgoing]] = []
        self._until: dict[int, int] = {}
        self._order = 0

    @property
    def next_ms(self) -> int | None:
        """Return the wire time of the first waiting item, None if nothing waits."""
        return self._waiting[0][0] if self._waiting else None

    def free_ms(self, connection: int, ms: int) -> int:
        """Return when something that is due at `ms` may leave on a connection."""
        return max(ms, self._until.get(connection, 0))

    def hold(self, item: Outgoing) -> None:
        """Keep an item until its time; whatever follows on its connections waits as long."""
        self._order += 1
        heappush(self._waiting, (item.ms, self._order, item))
        for connection in item.to:
            self._until[connection] = max(item.ms, self._until.get(connection, 0))

    def release(self, ms: int) -> list[Outgoing]:
        """Remove and return what is due at or before a time, in order."""
        due = []
        while self._waiting and self._waiting[0][0] <= ms:
            due.append(heappop(self._waiting)[2])
        if not self._waiting:
            self._until.clear()
        return due

    def drop(self, connection: int) -> None:
        """Forget what waits for a connection that is gone."""
        self._until.pop(connection, None)
        kept = []
        for ms, order, item in self._waiting:
            if connection not in item.to:
                kept.append((ms, order, item))
        self._waiting = kept
