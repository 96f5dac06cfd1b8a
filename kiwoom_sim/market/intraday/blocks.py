"""Build blocks over the whole universe: the slots of a day and the seconds of a slot.

Rows are the symbols in the order of the universe. What the overlay does to whole boards, and what
it left behind on earlier days, is in the rows; days made into tapes are patched in afterwards.

Invariants: a row is what the symbol's own day says (`symbol_day`); a slot or second without a
trade is flat at the price before it.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_SECOND
from kiwoom_sim.market.basis import DayColumns
from kiwoom_sim.market.intraday.bends import Bend, DayRules, bent, stacked
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.path import (
    SECONDS,
    DayRows,
    Reopenings,
    SplitDays,
    auction_ends,
    fields,
    slot_closes,
    slot_rows,
    split_days,
    split_slots,
    to_slots,
)
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.records import Ints

_SECOND_BARS = 3
"""Blocks of seconds to keep: of the minute that is shown, and its neighbours."""


class MinuteBlock(Struct, frozen=True, kw_only=True):
    """Hold all symbols' day, split into children; without taped days.

    Attributes:
        split: The days.
        lower, upper: Price limits.
        shares: Listed shares.
        previous_volume: Shares traded in the session before.
    """

    split: SplitDays
    lower: Ints
    upper: Ints
    shares: Ints
    previous_volume: Ints


class Blocks:
    """Build and keep blocks; answers `basis.LiveUniverse`."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._store = days.store

    def minute_block(self, day: int) -> MinuteBlock:
        """Return the children of all symbols on a session; taped days are as the path has them."""
        touched = self._touched(day)
        key = ("minute-block", day, touched)
        return self._store.get(key, lambda: self._build_minutes(day, touched), heavy=True)

    def slot_bars(self, day: int) -> Bars:
        """Return the slots of a session, shape (universe, slots)."""
        touched = self._touched(day)

        def build() -> Bars:
            slots = to_slots(self.minute_block(day).split.children)
            for own in self._taped(touched, day):
                for column, mine in zip(fields(slots), fields(own.slots), strict=True):
                    column[own.frame.position] = mine
            return slots

        return self._store.get(("slot-bars", day, touched), build, heavy=True)

    def second_bars(self, day: int, slot: int) -> Bars:
        """Return the 60 seconds of a slot, shape (universe, 60)."""
        touched = self._touched(day)

        def build() -> Bars:
            split = self.minute_block(day).split
            index = split.rows.position, np.full(len(split.rows.position), slot)
            seconds = split_slots(self._days.universe, slot_rows(split, index))
            for own in self._taped(touched, day):
                mine = seconds_of(own, slot)
                for column, values in zip(fields(seconds), fields(mine), strict=True):
                    column[own.frame.position] = values
            return seconds

        key = ("second-bars", day, slot, touched)
        return self._store.get(key, build, heavy=True, most=_SECOND_BARS)

    def last_prices(self, day: int, slot: int, position: Ints) -> Ints:
        """Return the last prices of some symbols at the end of each second of a slot, (n, 60).

        Three times as quick as `second_bars`, and not kept; for slots without an auction.
        """
        split = self.minute_block(day).split
        if split.reopened is not None and split.reopened.volume[:, slot].any():
            return self.second_bars(day, slot).close[position]
        bars = self.slot_bars(day).take((position, slot))
        before = self.slot_bars(day).close[position, slot - 1]
        prices = np.repeat(before[:, None], SECONDS, axis=1)
        moving = (bars.volume > 0) & ((bars.high > bars.low) | (bars.close != before))
        for own in self._taped(self._touched(day), day):
            mine = position == own.frame.position
            prices[mine] = seconds_of(own, slot).close
            moving &= ~mine
        index = position[moving], np.full(int(moving.sum()), slot)
        prices[moving] = slot_closes(self._days.universe, slot_rows(split, index))
        return prices

    def day_columns(self, day: int) -> DayColumns:
        """Return what all symbols start a session from."""
        block = self.minute_block(day)
        return DayColumns(
            base=block.split.rows.base, lower=block.lower, upper=block.upper, shares=block.shares
        )

    def previous_volume(self, day: int) -> Ints:
        """Return the shares traded in the session before, one entry per symbol."""
        return self.minute_block(day).previous_volume

    def _touched(self, day: int) -> tuple[tuple[str, int], ...]:
        """Return the symbols that the overlay touches on a session, with their stamps."""
        stamps = ((code, self._days.stamp(code, day)) for code in self._days.overlay.codes())
        return tuple((code, stamp) for code, stamp in stamps if stamp)

    def _taped(self, touched: tuple[tuple[str, int], ...], day: int) -> list[SymbolDay]:
        """Return the days that were made into tapes, which blocks cannot make."""
        codes = [code for code, _ in touched if self._days.shown(code, day).tape is not None]
        return [self._days.symbol_day(code, day) for code in codes]

    def _build_minutes(self, day: int, touched: tuple[tuple[str, int], ...]) -> MinuteBlock:
        days = self._days
        session = days.calendar.session_index(day)
        position = np.arange(len(days.universe))
        earlier = max(session - 1, days.calendar.first_index)
        bars = days.daily.bars(position, earlier, session)
        columns = [
            column[:, -1].copy()
            for column in (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover)
        ]
        base, lower, upper = (each[:, -1].copy() for each in (bars.base, bars.lower, bars.upper))
        previous, shares = bars.volume[:, 0].copy(), days.universe.shares.copy()
        bends = {}
        for shown in (days.shown(code, day) for code, _ in touched):
            frame, row = shown.frame, shown.frame.position
            for column, value in zip(columns, fields(shown.bar), strict=True):
                column[row] = value[0]
            base[row], shares[row], previous[row] = frame.base, frame.shares, frame.previous_volume
            lower[row], upper[row] = frame.limits
            if shown.bend is not None:
                bends[row] = shown.bend
        tables = days.universe.tick_tables(day)
        rows = DayRows(
            position,
            np.full(len(position), day),
            Bars(*columns),
            base,
            tables,
            days.times(day).minutes,
        )
        ends = auction_ends(days.universe, position, rows.day)
        split = SplitDays(rows, split_days(days.universe, rows), ends)
        return MinuteBlock(
            split=_bent(split, bends, (lower, upper)) if bends else split,
            lower=lower,
            upper=upper,
            shares=shares,
            previous_volume=previous,
        )


def _bent(split: SplitDays, bends: dict[int, Bend], limits: tuple[Ints, Ints]) -> SplitDays:
    """Return days of which some rows are bent."""
    at, rows = np.array(list(bends)), split.rows
    rules = DayRules(rows.base[at], rows.table[at], limits[0][at], limits[1][at])
    children, part = bent(split.children.take(at), stacked(list(bends.values())), rules)
    whole = Bars(*(column.copy() for column in fields(split.children)))
    for column, mine in zip(fields(whole), fields(children), strict=True):
        column[at] = mine
    shape = len(rows.position), part.volume.shape[1]
    reopened = Reopenings(np.zeros(shape, dtype=np.int64), np.full(shape, -1, dtype=np.int64))
    reopened.volume[at], reopened.print_ms[at] = part.volume, part.print_ms
    return SplitDays(rows, whole, split.ends, reopened)


def seconds_of(day: SymbolDay, slot: int) -> Bars:
    """Return the 60 seconds of a slot of one symbol's day, made of its trades."""
    trades, start = day.trades(slot), day.frame.slot_start(slot)
    edges = start + MS_PER_SECOND * np.arange(SECONDS + 1)
    ends = np.searchsorted(trades.time, edges[1:])
    starts = np.concatenate([[0], ends[:-1]])
    prices = np.concatenate([[day.last_price(start - 1)], trades.price])
    busy = ends > starts
    close = prices[ends]
    opening = np.where(busy, prices[np.minimum(starts + 1, len(prices) - 1)], close)
    high, low = close.copy(), close.copy()
    second = np.minimum((trades.time - start) // MS_PER_SECOND, SECONDS - 1)
    np.maximum.at(high, second, trades.price)
    np.minimum.at(low, second, trades.price)
    totals = [
        np.concatenate([[before], column])
        for before, column in (
            (day.volume[slot], trades.volume),
            (day.turnover[slot], trades.turnover),
        )
    ]
    volume, turnover = (total[ends] - total[starts] for total in totals)
    return Bars(opening, high, low, close, volume, turnover)
