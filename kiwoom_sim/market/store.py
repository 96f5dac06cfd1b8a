"""Keep what was built of the market, within a bound, and say when something must be built.

A unit is the value of a pure function of its key (a block of daily bars, the minutes of a
symbol's day, the trades of a minute), so it may be dropped and built again at any time.

Not for: anything that changes. One store serves one market path (one seed and configuration).

Invariants:
    No lock is held while a unit is built; two builders of one unit make the same value and the
    last one wins. A worker thread may insert while another thread reads: each step on the
    dictionary is one atomic operation.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from contextvars import ContextVar
from typing import TypeVar, cast

import msgspec
import numpy as np

T = TypeVar("T")

DEFAULT_LIMIT_BYTES = 512 * 1024 * 1024

_building: ContextVar[bool] = ContextVar("building", default=False)


class NotReady(Exception):  # noqa: N818 - not a fault, but a request to come back
    """Say that a heavy unit is missing; `build()` makes and keeps it, then ask again."""

    def __init__(self, key: Hashable, build: Callable[[], object]) -> None:
        self.key = key
        self.build = build
        super().__init__(f"not built yet: {key!r}")


class Store:
    """Hold built units, least recently used first.

    Attributes:
        cooperative: Raise `NotReady` for a missing heavy unit instead of building it on the spot.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self.cooperative = False
        self._limit = limit_bytes
        self._units: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._newest: dict[Hashable, deque[Hashable]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        """Return the number of units held."""
        return len(self._units)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._units

    @property
    def held_bytes(self) -> int:
        """Return the estimated size of all units held."""
        return self._bytes

    @property
    def must_yield(self) -> bool:
        """Say whether whoever misses something heavy has to raise `NotReady` here and now."""
        return self.cooperative and not _building.get()

    def get(
        self,
        key: Hashable,
        build: Callable[[], T],
        *,
        heavy: bool = False,
        most: int | None = None,
    ) -> T:
        """Return the unit of a key, building it when it is missing.

        Args:
            key: Names the unit; starts with its kind, e.g. `("minutes", code, day)`.
            build: Makes the unit from nothing but its key.
            heavy: Building takes more than about 20 ms.
            most: Units of this kind to keep at most, of those built last; for big ones that
                are soon out of date. The key must be a tuple.

        Raises:
            NotReady: The unit is heavy and missing, and the store is cooperative. Never raised
                inside a build that `NotReady.build` runs.
        """
        found = self._units.get(key)
        if found is not None:
            with suppress(KeyError):  # another thread may just have dropped it
                self._units.move_to_end(key)
            return cast("T", found[0])
        if heavy and self.must_yield:
            raise NotReady(key, lambda: self._build_inline(key, build, most))
        return self._insert(key, build(), most)

    def run_inline(self, work: Callable[[], T]) -> T:
        """Run some work in which no `NotReady` is raised; missing units are built on the spot."""
        token = _building.set(True)
        try:
            return work()
        finally:
            _building.reset(token)

    def clear(self) -> None:
        """Drop every unit."""
        self._units.clear()
        self._newest.clear()
        self._bytes = 0

    def _build_inline(self, key: Hashable, build: Callable[[], T], most: int | None) -> T:
        return self.run_inline(lambda: self._insert(key, build(), most))

    def _insert(self, key: Hashable, value: T, most: int | None) -> T:
        size = size_of(value)
        replaced = self._units.get(key)
        self._units[key] = (value, size)
        self._bytes += size - (replaced[1] if replaced is not None else 0)
        while self._bytes > self._limit and len(self._units) > 1:
            try:
                _, (_, dropped) = self._units.popitem(last=False)
            except KeyError:
                break
            self._bytes -= dropped
        if most is not None:
            self._keep_newest(key, most)
        return value

    def _keep_newest(self, key: Hashable, most: int) -> None:
        """Drop all but the newest units of the kind of a key."""
        kind = key[0] if isinstance(key, tuple) else key
        newest = self._newest.setdefault(kind, deque())
        newest.append(key)
        while len(newest) > most:
            dropped = self._units.pop(newest.popleft(), None)
            self._bytes -= dropped[1] if dropped is not None else 0


def size_of(value: object) -> int:
    """Return about how many bytes a unit occupies; what has no `nbytes` is a guess."""
    if isinstance(value, np.ndarray):
        return value.nbytes + 128
    if isinstance(value, bytes | str):
        return len(value) + 64
    if isinstance(value, msgspec.Struct):
        return 64 + sum(size_of(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, tuple | list):
        return 64 + sum(size_of(item) for item in value)
    if isinstance(value, dict):
        return 64 + sum(size_of(item) + 64 for item in value.values())
    known = getattr(value, "nbytes", 64)
    return known if isinstance(known, int) else 64
