"""Know open, high and low of indices over stretches of a session of the run.

Theory of operation: a slot's bar needs the levels of its seconds, which is dear; but its closing
level and bounds of its levels are known beforehand (`IndexDay`). An extreme of a stretch therefore
takes the seconds of those few slots only whose bounds lie beyond what is already reached. Bars
that were looked at once are kept, a session of all indices in less than a megabyte.

Invariants: whatever slots were looked at before, answers are the same.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import day_of, time_of_day
from kiwoom_sim.market.basis import Basis
from kiwoom_sim.market.indices.slots import IndexDay, IndexSlots
from kiwoom_sim.market.indices.ticks import last_second
from kiwoom_sim.market.intraday.path import SECONDS
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.store import NotReady

_SEARCHES = 2
"""Times that an extreme is looked for in the most promising slot only."""

_STEP = 2
"""Slots that one step of `ahead` looks at."""

Small = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Stretch(Struct, frozen=True, kw_only=True):
    """Hold open and extremes of one index over a stretch of a session.

    Attributes:
        open: 0 while the index has not started; then all others are 0 as well.
        high_at, low_at: Second of the day in which the extreme was first reached.
    """

    open: int
    high: int
    low: int
    high_at: int
    low_at: int


NOTHING = Stretch(open=0, high=0, low=0, high_at=0, low_at=0)


class _Seen(Struct, frozen=True, kw_only=True):
    """Hold the bars of a session's slots, shape (indices, slots); it fills up slot by slot.

    Attributes:
        revision: State of the overlay each slot was seen with, -1 for slots not seen yet.
    """

    open: Small
    high: Small
    low: Small
    high_at: Small
    low_at: Small
    revision: Ints


class IndexBars:
    """Answer about stretches of sessions of the run, and remember every slot looked at."""

    def __init__(self, basis: Basis, slots: IndexSlots) -> None:
        self._store = basis.store
        self._calendar = basis.calendar
        self._slots = slots
        self._followed = (-1, -1)

    def part(self, row: int, day: int, slot: int, seconds: int) -> Stretch:
        """Return open and extremes of the first `seconds` seconds of a slot."""
        frame, ticks = self._slots.day(day), self._slots.ticks(day, slot)
        started = frame.volume[row, slot] + np.cumsum(ticks.volume[row, :seconds]) > 0
        if not started[-1]:
            return NOTHING
        first = int(started.argmax())
        return _stretch(ticks.level[row, first:seconds], self._slots.slot_start(day, slot) + first)

    def until(self, row: int, day: int, slot: int) -> Stretch:
        """Return open and extremes of a session before a slot."""
        frame = self._slots.day(day)
        if slot <= frame.start[row]:
            return NOTHING
        key = ("index-until", row, day, slot, self._slots.revision(day, slot - 1))
        return self._store.get(key, lambda: self._search(row, frame, slot))

    def columns(self, row: int, day: int, end: int) -> tuple[Ints, Ints, Ints]:
        """Return opens, highs and lows of all slots below `end`; 0 before the index starts."""
        frame = self._slots.day(day)
        seen = self._seen(frame)
        current = self._slots.revisions(day)
        missing = np.flatnonzero(seen.revision[:end] != current[:end]).tolist()
        self._look(frame, missing, seen, current)
        started = np.arange(end) >= frame.start[row]
        opened, high, low = (
            np.where(started, column[row, :end], 0).astype(np.int64)
            for column in (seen.open, seen.high, seen.low)
        )
        return opened, high, low

    def ahead(self, now: int) -> NotReady | None:
        """Return a short step towards knowing all slots that are over, or None if they are."""
        day = day_of(now)
        if not self._calendar.is_session(day):
            return None
        found = self._slots.position(day, last_second(time_of_day(now)))
        if found is None or self._followed == (day, found[0]):
            return None
        end = found[0]
        if self._slots.day_key(day) not in self._store:
            return NotReady(
                ("index-ahead", day), lambda: self._store.run_inline(lambda: self._slots.day(day))
            )
        frame = self._slots.day(day)
        seen, current = self._seen(frame), self._slots.revisions(day)
        missing = np.flatnonzero(seen.revision[:end] != current[:end])[:_STEP].tolist()
        if missing:
            return self._step(frame, missing, seen, current)
        self._followed = day, end
        return None

    def _search(self, row: int, frame: IndexDay, end: int) -> Stretch:
        """Return open and extremes of a session from the start of an index to a slot."""
        start, seen = int(frame.start[row]), self._seen(frame)
        part, current = slice(start, end), self._slots.revisions(frame.day)
        ceiling, floor = frame.ceiling[row, part], frame.floor[row, part]
        searches = 0
        while True:
            known = seen.revision[part] == current[part]
            high = np.where(known, seen.high[row, part], frame.close[row, part])
            low = np.where(known, seen.low[row, part], frame.close[row, part])
            above, below = _promising(known, high, ceiling), _promising(known, -low, -floor)
            wanted = above | below
            if searches < _SEARCHES:
                wanted = _best(above, ceiling) | _best(below, -floor)
            wanted[0] |= not known[0]
            if not wanted.any():
                break
            self._look(frame, (start + np.flatnonzero(wanted)).tolist(), seen, current)
            searches += 1
        top, bottom = int(high.argmax()), int(low.argmin())
        return Stretch(
            open=int(seen.open[row, start]),
            high=int(high[top]),
            low=int(low[bottom]),
            high_at=int(seen.high_at[row, start + top]),
            low_at=int(seen.low_at[row, start + bottom]),
        )

    def _seen(self, frame: IndexDay) -> _Seen:
        shape = frame.close.shape
        columns = ("open", "high", "low", "high_at", "low_at")
        return self._store.get(
            ("index-seen", frame.day),
            lambda: _Seen(
                revision=np.full(shape[1], -1),
                **{name: np.zeros(shape, dtype=np.int32) for name in columns},
            ),
        )

    def _step(self, frame: IndexDay, slots: list[int], seen: _Seen, current: Ints) -> NotReady:
        return NotReady(
            ("index-look", frame.day, slots[0], slots[-1]),
            lambda: self._store.run_inline(lambda: self._look(frame, slots, seen, current)),
        )

    def _look(self, frame: IndexDay, slots: list[int], seen: _Seen, current: Ints) -> None:
        """Fill in the bars of some slots."""
        if slots and self._store.must_yield:
            raise self._step(frame, slots, seen, current)
        for slot in slots:
            level = self._slots.levels(frame.day, slot)
            begin = self._slots.slot_start(frame.day, slot)
            seen.open[:, slot] = level[:, 0]
            seen.high[:, slot], seen.low[:, slot] = level.max(axis=1), level.min(axis=1)
            seen.high_at[:, slot] = begin + level.argmax(axis=1)
            seen.low_at[:, slot] = begin + level.argmin(axis=1)
            for row in np.flatnonzero(frame.start == slot).tolist():
                bar = self.part(row, frame.day, slot, SECONDS)
                for name in Stretch.__struct_fields__:
                    getattr(seen, name)[row, slot] = getattr(bar, name)
            seen.revision[slot] = current[slot]  # last, so that nobody reads half a slot


def join(first: Stretch, second: Stretch) -> Stretch:
    """Return open and extremes of two neighbouring stretches."""
    if not first.open or not second.open:
        return first if first.open else second
    higher, lower = second.high > first.high, second.low < first.low
    return Stretch(
        open=first.open,
        high=max(first.high, second.high),
        low=min(first.low, second.low),
        high_at=second.high_at if higher else first.high_at,
        low_at=second.low_at if lower else first.low_at,
    )


def _stretch(levels: Ints, begin: int) -> Stretch:
    """Return open and extremes of levels, one per second from `begin` on."""
    return Stretch(
        open=int(levels[0]),
        high=int(levels.max()),
        low=int(levels.min()),
        high_at=begin + int(levels.argmax()),
        low_at=begin + int(levels.argmin()),
    )


def _promising(known: Flags, reached: Ints, bound: Ints) -> Flags:
    """Say which slots not known may lie above all that is reached, or equal it earlier."""
    best = reached.max()
    early = np.arange(len(reached)) <= reached.argmax()
    found: Flags = ~known & ((bound > best) | ((bound == best) & early))
    return found


def _best(wanted: Flags, bound: Ints) -> Flags:
    """Keep only the slot with the highest bound."""
    only = np.zeros_like(wanted)
    if wanted.any():
        only[np.where(wanted, bound, np.iinfo(np.int64).min).argmax()] = True
    return only
