"""Keep who listens to what: real-time registrations of all WebSocket connections.

A registration is a (type, item) pair in a group of a connection. One pair may stand in several
groups; it is heard once and until it left the last of them.

Invariants: listeners of a pair are in the order in which they came; nothing depends on the order
of a set; dropping a connection leaves no trace of it.
"""

from collections.abc import Iterable

Pair = tuple[str, str]
"""A real-time type and an item as it was registered (`005930`, `005930_NX`, `001`, or empty)."""


class Registry:
    """Hold all registrations and the index from pairs to listeners."""

    def __init__(self) -> None:
        self._groups: dict[int, dict[str, dict[Pair, None]]] = {}
        self._listeners: dict[Pair, dict[int, int]] = {}
        self._tuples: dict[Pair, tuple[int, ...]] = {}
        self._items: dict[str, tuple[str, ...]] | None = None
        self.revision = 0

    def add(self, connection: int, group: str, pairs: Iterable[Pair]) -> None:
        """Register pairs in a group; what is there already stays once."""
        held = self._groups.setdefault(connection, {}).setdefault(group, {})
        for pair in pairs:
            if pair not in held:
                held[pair] = None
                counts = self._listeners.setdefault(pair, {})
                counts[connection] = counts.get(connection, 0) + 1
                self._changed(pair)

    def remove(self, connection: int, group: str, pairs: Iterable[Pair]) -> None:
        """Take pairs out of one group; other groups keep theirs."""
        held = self._groups.get(connection, {}).get(group, {})
        for pair in pairs:
            if pair in held:
                del held[pair]
                self._release(connection, pair)

    def clear(self, connection: int, group: str) -> None:
        """Empty one group."""
        self.remove(connection, group, tuple(self._groups.get(connection, {}).get(group, {})))

    def drop(self, connection: int) -> None:
        """Forget a connection."""
        for group in tuple(self._groups.get(connection, {})):
            self.clear(connection, group)
        self._groups.pop(connection, None)

    def listeners(self, pair: Pair) -> tuple[int, ...]:
        """Return the connections that hear a pair, first comer first."""
        found = self._tuples.get(pair)
        if found is None:
            found = self._tuples[pair] = tuple(self._listeners.get(pair, ()))
        return found

    def items(self, kind: str) -> tuple[str, ...]:
        """Return the items that anybody registered for a type, sorted."""
        if self._items is None:
            by_type: dict[str, list[str]] = {}
            for pair_kind, item in sorted(self._listeners):
                by_type.setdefault(pair_kind, []).append(item)
            self._items = {pair_kind: tuple(items) for pair_kind, items in by_type.items()}
        return self._items.get(kind, ())

    def pairs(self, connection: int) -> tuple[Pair, ...]:
        """Return what a connection hears, in order of registration, group by group."""
        groups = self._groups.get(connection, {})
        return tuple(dict.fromkeys(pair for held in groups.values() for pair in held))

    def item_count(
        self, connection: int, added: Iterable[Pair] = (), replaced: str | None = None
    ) -> int:
        """Count the different items of a connection; pairs without an item do not count.

        Args:
            connection: Whose items.
            added: Pairs to count as if they were registered.
            replaced: Group to count as if it were empty.
        """
        items = {
            item
            for group, held in self._groups.get(connection, {}).items()
            if group != replaced
            for _, item in held
        }
        items.update(item for _, item in added)
        items.discard("")
        return len(items)

    def _release(self, connection: int, pair: Pair) -> None:
        counts = self._listeners[pair]
        counts[connection] -= 1
        if not counts[connection]:
            del counts[connection]
        if not counts:
            del self._listeners[pair]
        self._changed(pair)

    def _changed(self, pair: Pair) -> None:
        self._tuples.pop(pair, None)
        self._items = None
        self.revision += 1
