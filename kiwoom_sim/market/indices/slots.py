"""Know index levels in the sessions of the run, second by second, for all indices at once.

Theory of operation: a slot (a minute of trading) is levels of the members' last prices at the end
of each of its seconds. Before `live_from` (nobody listened then) members are looked at once a
minute, and the seconds between are drawn within what their highs and lows allow: a run that
starts in the middle of a session would otherwise first have to compute all its seconds.

Invariants: the level at the end of a minute, and from `live_from` on of any second, is the level
of the members' last prices at that instant. An index starts with the first trade of a member.

Not for: open, high and low of stretches (`bars`).
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_DAY, MS_PER_MINUTE, moment
from kiwoom_sim.core.rng import normal_grid, stream_keys, uniform_grid
from kiwoom_sim.market.basis import Basis, DayColumns, LiveUniverse
from kiwoom_sim.market.indices.bridge import slot_paths, spread_volume
from kiwoom_sim.market.indices.table import Breadth, IndexTable
from kiwoom_sim.market.indices.ticks import CLOSING_SECONDS
from kiwoom_sim.market.intraday.path import SECONDS, SLOTS_MAX
from kiwoom_sim.market.overlay import Overlay, split_days
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.sessions import SessionTimes, session_times

_STATES = 256
"""States of single seconds to keep."""


class IndexDay(Struct, frozen=True, kw_only=True):
    """Hold what is known of a session without looking inside its slots; rows are indices.

    Attributes:
        columns: Of the members: base, limits, shares.
        divisors: Of the session.
        close, low, high: Levels of the members' closes, lows and highs, shape (indices, slots).
        floor, ceiling: Bounds of the level of any second in each slot, same shape.
        volume, turnover: Of all slots before each slot, shape (indices, slots + 1).
        first_slot: First slot in which each symbol of the universe trades.
        base: Levels of the members' base prices, shape (indices,).
        open: Levels of the members' first prices, shape (indices,).
        start: Slot in which each index starts, shape (indices,); `SLOTS_MAX` if it never does.
    """

    day: int
    times: SessionTimes
    columns: DayColumns
    divisors: Ints
    close: Ints
    low: Ints
    high: Ints
    floor: Ints
    ceiling: Ints
    volume: Ints
    turnover: Ints
    first_slot: Ints
    base: Ints
    open: Ints
    start: Ints


class SlotTicks(Struct, frozen=True, kw_only=True):
    """Hold the seconds of one slot, shape (indices, seconds); see `IndexTicks` for the columns."""

    level: Ints
    volume: Ints
    turnover: Ints


class IndexState(Struct, frozen=True, kw_only=True):
    """Hold all indices after one second of a session.

    Attributes:
        second: Second of the day.
        quantity: Shares traded in that second.
        traded: Members that have traded today.
    """

    second: int
    level: Ints
    volume: Ints
    turnover: Ints
    quantity: Ints
    breadth: Breadth
    traded: Ints


class IndexSlots:
    """Answer about all indices in sessions of the run."""

    def __init__(
        self,
        basis: Basis,
        table: IndexTable,
        members: LiveUniverse,
        overlay: Overlay,
        live_from: int,
    ) -> None:
        """Bind the parts of a market.

        Args:
            basis: Parts of the market.
            table: Members and divisors.
            members: All symbols, overlay included.
            overlay: Says when something was done to the market.
            live_from: Market time from which on levels are exact in every second.
        """
        self._basis = basis
        self._store = basis.store
        self._table = table
        self._members = members
        self._overlay = overlay
        self._live_from = live_from
        self._keys = stream_keys(basis.universe.seed, "index-slot", table.codes)

    def day(self, day: int) -> IndexDay:
        """Return a session as far as slots tell it."""
        return self._store.get(self.day_key(day), lambda: self._build_day(day), heavy=True)

    def slot_start(self, day: int, slot: int) -> int:
        """Return the first second (of the day) of a slot."""
        times = self.day(day).times
        if slot == times.minutes:
            return times.close_ms // 1_000
        return times.open_ms // 1_000 + slot * SECONDS

    def position(self, day: int, second: int) -> tuple[int, int] | None:
        """Return (slot, second in it) of the newest tick up to a second of the day, if any."""
        times = session_times(self._basis.calendar, day)
        if second >= times.close_ms // 1_000:
            return times.minutes, min(second - times.close_ms // 1_000, CLOSING_SECONDS - 1)
        since = min(second - times.open_ms // 1_000, times.minutes * SECONDS - 1)
        return divmod(since, SECONDS) if since >= 0 else None

    def ticks(self, day: int, slot: int) -> SlotTicks:
        """Return the seconds of a slot; the last slot has only `CLOSING_SECONDS`."""
        return self._store.get(
            ("index-slot", day, slot, self.revision(day, slot)),
            lambda: self._build_slot(day, slot),
            heavy=True,
        )

    def levels(self, day: int, slot: int) -> Ints:
        """Return the levels of a slot's seconds, shape (indices, seconds), without keeping them.

        Much cheaper than `ticks`.
        """
        frame = self.day(day)
        if slot in (0, frame.times.minutes) or not self._is_live(day, slot):
            return self.ticks(day, slot).level
        universe = self._basis.universe
        columns = np.zeros((len(universe), SECONDS), dtype=np.int64)
        where = self._table.positions
        columns[where] = self._members.last_prices(day, slot, where)
        return self._table.levels(columns, frame.columns.shares, frame.divisors)

    def state(self, day: int, second: int) -> IndexState | None:
        """Return all indices after a second of the day; None before the session's first second."""
        found = self.position(day, second)
        if found is None:
            return None
        slot, inside = found
        key = ("index-state", day, slot, inside, self.revision(day, slot))
        return self._store.get(key, lambda: self._build_state(day, slot, inside), most=_STATES)

    def revisions(self, day: int) -> Ints:
        """Return the state of the overlay that each slot of a session depends on."""
        times = session_times(self._basis.calendar, day)
        slots = times.minutes + 1
        if not self._overlay.codes():
            return np.zeros(slots, dtype=np.int64)
        return np.array([self.revision(day, slot) for slot in range(slots)], dtype=np.int64)

    def day_key(self, day: int) -> tuple[str, int, int]:
        """Return the name of `day` among all built units."""
        return "index-day", day, self._overlay.revision_at(moment(day, MS_PER_DAY))

    def revision(self, day: int, slot: int) -> int:
        """Return the state of the overlay that a slot depends on."""
        times = session_times(self._basis.calendar, day)
        start = times.close_ms if slot == times.minutes else times.open_ms + slot * MS_PER_MINUTE
        return self._overlay.revision_at(moment(day, start + MS_PER_MINUTE))

    def _is_live(self, day: int, slot: int) -> bool:
        return moment(day, (self.slot_start(day, slot) + SECONDS) * 1_000) > self._live_from

    def _build_day(self, day: int) -> IndexDay:
        table, columns = self._table, self._members.day_columns(day)
        bars = self._members.slot_bars(day)
        divisors = self._divisors(day)
        by = (columns.shares, divisors)
        edges = table.levels(bars.low, *by), table.levels(bars.high, *by)
        close, base = table.levels(bars.close, *by), table.levels(columns.base, *by)
        before = np.concatenate([columns.base[:, None], bars.close[:, :-1]], axis=1)
        bounds = (
            table.levels(np.minimum(bars.low, before), *by),
            table.levels(np.maximum(bars.high, before), *by),
        )
        traded = bars.volume > 0
        volume, turnover = (
            np.concatenate([np.zeros((len(table.codes), 1), np.int64), whole], axis=1)
            for whole in (
                np.cumsum(table.sums(bars.volume), axis=1),
                np.cumsum(table.sums(bars.turnover), axis=1),
            )
        )
        return IndexDay(
            day=day,
            times=session_times(self._basis.calendar, day),
            columns=columns,
            divisors=divisors,
            close=close,
            low=np.minimum(*edges),
            high=np.maximum(*edges),
            floor=np.minimum(*bounds),
            ceiling=np.maximum(*bounds),
            volume=volume,
            turnover=turnover,
            first_slot=np.where(traded.any(axis=1), traded.argmax(axis=1), SLOTS_MAX),
            base=base,
            start=np.where(volume[:, -1] > 0, (volume[:, 1:] > 0).argmax(axis=1), SLOTS_MAX),
            open=table.levels(bars.open[:, 0], *by),
        )

    def _divisors(self, day: int) -> Ints:
        """Return the divisors of a session: those of the reference day, continued over splits."""
        divisors, calendar = self._table.divisors, self._basis.calendar
        for changed in split_days(self._overlay):
            if changed > day:
                break
            before = calendar.previous(changed)
            closes = self._members.slot_bars(before).close[:, -1]
            old, new = self._members.day_columns(before), self._members.day_columns(changed)
            divisors = self._table.continued(
                divisors,
                self._table.capitalisations(closes, old.shares),
                self._table.capitalisations(new.base, new.shares),
            )
        return divisors

    def _build_slot(self, day: int, slot: int) -> SlotTicks:
        frame = self.day(day)
        count = CLOSING_SECONDS if slot == frame.times.minutes else SECONDS
        if not self._is_live(day, slot):
            return self._drawn_slot(frame, slot, count)
        bars = self._members.second_bars(day, slot)
        window = (slice(None), slice(0, count))
        return SlotTicks(
            level=self._table.levels(bars.close[window], frame.columns.shares, frame.divisors),
            volume=self._table.sums(bars.volume[window]),
            turnover=self._table.sums(bars.turnover[window]),
        )

    def _drawn_slot(self, frame: IndexDay, slot: int, count: int) -> SlotTicks:
        """Return seconds drawn between the closes of a slot before `live_from`."""
        rows = np.full(len(self._keys), frame.day * SLOTS_MAX + slot)
        before = frame.close[:, slot - 1] if slot else frame.open
        level = slot_paths(
            (before, frame.close[:, slot]),
            (frame.low[:, slot], frame.high[:, slot]),
            normal_grid(self._keys, rows, count),
        )
        volume, turnover = spread_volume(
            np.ones(count),
            uniform_grid(self._keys, rows, count, purpose_lane=1),
            level,
            frame.volume[:, slot + 1] - frame.volume[:, slot],
            frame.turnover[:, slot + 1] - frame.turnover[:, slot],
        )
        return SlotTicks(level=level, volume=volume, turnover=turnover)

    def _build_state(self, day: int, slot: int, inside: int) -> IndexState:
        frame, ticks, table = self.day(day), self.ticks(day, slot), self._table
        window = (slice(None), slice(0, inside + 1))
        last, traded = self._members_at(frame, slot, inside)
        columns = frame.columns
        return IndexState(
            second=self.slot_start(day, slot) + inside,
            level=ticks.level[:, inside],
            volume=frame.volume[:, slot] + ticks.volume[window].sum(axis=1),
            turnover=frame.turnover[:, slot] + ticks.turnover[window].sum(axis=1),
            quantity=ticks.volume[:, inside],
            breadth=table.breadth(last, columns.base, columns.lower, columns.upper),
            traded=table.sums(traded.astype(np.int64)),
        )

    def _members_at(
        self, frame: IndexDay, slot: int, inside: int
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Return last prices and whether there was a trade; before `live_from` at slot ends."""
        if not self._is_live(frame.day, slot):
            return self._members.slot_bars(frame.day).close[:, slot], frame.first_slot <= slot
        bars = self._members.second_bars(frame.day, slot)
        here = (bars.volume[:, : inside + 1] > 0).any(axis=1)
        return bars.close[:, inside], here | (frame.first_slot < slot)
