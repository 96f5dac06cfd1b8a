"""Hold back frames that have to wait.

Most keep their place: a frame that follows a delayed one on the same connection waits with it, a
socket is a queue. Some are held aside: later frames pass them.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

from msgspec import Struct, structs

from kiwoom_sim.faults.transmission import Ending


class Outgoing(Struct, frozen=True, kw_only=True):
    """Hold one thing to do at the WebSocket door: send a frame, or close connections.

    Attributes:
        ms: Wire time at which it is due.
        to: Ordinals of the connections.
        frame: Text to send; empty when closing.
        close: Close code; 0 drops the TCP connection, -1 = nothing is closed.
        ending: How a fault of the network ends the connections, behind as much of the frame as it
            says, or how it shuts the door; None = it does neither.
        cause: "tick", "reply", "ping" or "fault".
        faults: Ids of the faults that had a hand in it.
        record: Sequence of the record that it answers or that asked for it; 0 = nobody did.
        name: What it is: its `trnm`, on `/ws` its `type`.
        type, code: What a push is about: real-time type and item.
        latency_ms: Everyday wait that it had, besides that of faults.
        latency: Where that came from, as the journal says it.
    """

    ms: int
    to: tuple[int, ...]
    frame: bytes = b""
    close: int = -1
    ending: Ending | None = None
    reason: str = ""
    cause: str = "reply"
    faults: tuple[str, ...] = ()
    record: int = 0
    name: str = ""
    type: str = ""
    code: str = ""
    latency_ms: int = 0
    latency: str = ""

    @property
    def is_frame(self) -> bool:
        """Say whether this is a frame that is sent whole, and nothing else."""
        return self.close < 0 and self.ending is None

    @property
    def is_last(self) -> bool:
        """Say whether nothing can follow it to the same connections."""
        return self.close >= 0 or (self.ending is not None and self.ending.is_end)


class _Aside(Struct):
    """Note about an item that is held aside.

    Attributes:
        number: Its number in the outbox.
        passes: How many frames may still pass it; 0 = any number.
        key: What it may be replaced by; "" = nothing.
    """

    number: int
    passes: int
    key: str


class Outbox:
    """Hold what is not due yet."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int]] = []
        self._items: dict[int, Outgoing] = {}
        self._aside: dict[int, list[_Aside]] = {}
        self._until: dict[int, int] = {}
        self._number = 0

    @property
    def is_empty(self) -> bool:
        """Say whether nothing waits."""
        return not self._items

    @property
    def next_ms(self) -> int | None:
        """Return the wire time of the first waiting item, None if nothing waits."""
        while self._due and self._due[0][1] not in self._items:
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def free_ms(self, connection: int, ms: int) -> int:
        """Return when something that is due at `ms` may leave on a connection."""
        return max(ms, self._until.get(connection, 0))

    def hold(self, item: Outgoing) -> None:
        """Keep an item until its time; whatever follows on its connections waits as long."""
        self._keep(item)
        for connection in item.to:
            self._until[connection] = max(item.ms, self._until.get(connection, 0))

    def hold_aside(self, item: Outgoing, *, passes: int = 0, key: str = "") -> Outgoing | None:
        """Keep an item for one connection until its time, letting others pass.

        Args:
            item: What is held.
            passes: How many frames may pass before it is sent all the same; 0 = any number.
            key: It takes the place of what is held with the same key; "" = of nothing.

        Returns:
            The item whose place it took, None if there is none.
        """
        (connection,) = item.to
        replaced = None
        notes = self._aside.setdefault(connection, [])
        for note in [note for note in notes if key and note.key == key]:
            notes.remove(note)
            replaced = self._items.pop(note.number)
        self._keep(item)
        notes.append(_Aside(self._number, passes, key))
        return replaced

    def passed(self, connections: Iterable[int]) -> list[Outgoing]:
        """Count a frame that leaves; remove and return what has been passed often enough."""
        ready: list[Outgoing] = []
        if not self._aside:
            return ready
        for connection in connections:
            for note in tuple(self._aside.get(connection, ())):
                if note.passes == 1:
                    ready.append(self._items.pop(note.number))
                    self._forget(connection, note.number)
                note.passes = max(0, note.passes - 1)
        return ready

    def release(self, ms: int) -> list[Outgoing]:
        """Remove and return what is due at or before a time, in order."""
        due = []
        while self._due and self._due[0][0] <= ms:
            number = heappop(self._due)[1]
            item = self._items.pop(number, None)
            if item is not None:
                due.append(item)
                for connection in item.to:
                    self._forget(connection, number)
        if not self._items:
            self._until.clear()
        return due

    def drop(self, connection: int) -> list[Outgoing]:
        """Remove and return what waits for a connection that is gone, in order."""
        self._until.pop(connection, None)
        self._aside.pop(connection, None)
        found = [number for number, item in self._items.items() if connection in item.to]
        return [self._drop_one(number, connection) for number in found]

    def _drop_one(self, number: int, connection: int) -> Outgoing:
        """Remove one recipient of an item, and return what it does not get."""
        item = self._items.pop(number)
        others = tuple(each for each in item.to if each != connection)
        if others:
            self._items[number] = structs.replace(item, to=others)
        return structs.replace(item, to=(connection,))

    def _keep(self, item: Outgoing) -> None:
        self._number += 1
        self._items[self._number] = item
        heappush(self._due, (item.ms, self._number))

    def _forget(self, connection: int, number: int) -> None:
        notes = [note for note in self._aside.get(connection, ()) if note.number != number]
        if notes:
            self._aside[connection] = notes
        else:
            self._aside.pop(connection, None)
