"""Hold the commands that are due at known times, and hand them out in order.

An entry is due at a wire time or at a lived market time; the clock decides which of two comes
first. Entries due at one instant come in the order in which they were added.
"""

from msgspec import Struct

from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import Command


class Due(Struct, frozen=True, kw_only=True):
    """Hold a command that has come due.

    Attributes:
        name: Name of the entry in the journal.
        wire_ms: When it was due.
        market_ms: Market time from which it acts.
    """

    name: str
    command: Command
    wire_ms: int
    market_ms: int


class _Entry(Struct, frozen=True, kw_only=True):
    order: int
    name: str
    command: Command
    wire_ms: int | None
    elapsed_ms: int | None


class Timeline:
    """Hold the entries that are still to come."""

    def __init__(self, clock: MarketClock) -> None:
        self._clock = clock
        self._entries: list[_Entry] = []
        self._added = 0
        self._next_ms: int | None = None

    def __len__(self) -> int:
        """Return the number of entries still to come."""
        return len(self._entries)

    def at_wire(self, wire_ms: int, name: str, command: Command) -> None:
        """Add a command that is due at a wire time."""
        self._add(name, command, wire_ms, None)

    def at_elapsed(self, elapsed_ms: int, name: str, command: Command) -> None:
        """Add a command that is due when so much market time has been lived through."""
        self._add(name, command, None, elapsed_ms)

    def reschedule(self) -> None:
        """Find the next due time anew; call when the clock was stepped."""
        known = [due for entry in self._entries if (due := self._wire_of(entry)) is not None]
        self._next_ms = min(known, default=None)

    @property
    def next_ms(self) -> int | None:
        """Return the wire time of the next entry; None if none is in sight."""
        return self._next_ms

    def take(self, until_wire_ms: int) -> list[Due]:
        """Remove and return what is due at or before a wire time, in order."""
        if self._next_ms is None or self._next_ms > until_wire_ms:
            return []
        due: list[tuple[int, int, _Entry]] = []
        for entry in self._entries:
            wire_ms = self._wire_of(entry)
            if wire_ms is not None and wire_ms <= until_wire_ms:
                due.append((wire_ms, entry.order, entry))
        taken = {order for _, order, _ in due}
        self._entries = [entry for entry in self._entries if entry.order not in taken]
        self.reschedule()
        due.sort(key=lambda item: item[:2])
        return [self._due(entry, wire_ms) for wire_ms, _, entry in due]

    def _add(self, name: str, command: Command, wire_ms: int | None, elapsed: int | None) -> None:
        self._added += 1
        self._entries.append(
            _Entry(
                order=self._added, name=name, command=command, wire_ms=wire_ms, elapsed_ms=elapsed
            )
        )
        self.reschedule()

    def _wire_of(self, entry: _Entry) -> int | None:
        if entry.elapsed_ms is None:
            return entry.wire_ms
        return self._clock.wire_of_elapsed(entry.elapsed_ms)

    def _due(self, entry: _Entry, wire_ms: int) -> Due:
        if entry.elapsed_ms is None:
            market_ms = self._clock.at(wire_ms)
        else:
            market_ms = self._clock.market_at(entry.elapsed_ms)
        return Due(name=entry.name, command=entry.command, wire_ms=wire_ms, market_ms=market_ms)
