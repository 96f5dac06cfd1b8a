"""Build blocks over the whole universe: the slots of a day and the seconds of a slot.

Rows are the symbols in the order of the universe. Symbols that the overlay touches are patched
into the path's block from their own days.

Invariants: a row is what the symbol's own day says (`symbol_day`); a slot or second without a
trade is flat at the price before it.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_SECOND
from kiwoom_sim.market.basis import DayColumns
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.path import (
    SECONDS,
    DayRows,
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
    """Hold all symbols' day, split into children; without overlay.

    Attributes:
        lower, upper: Price limits.
        ends: Ends of the two auctions after their nominal times, in ms.
        previous_volume: Shares traded in the session before.
    """

    rows: DayRows
    children: Bars
    lower: Ints
    upper: Ints
    ends: tuple[Ints, Ints]
    previous_volume: Ints


class Blocks:
    """Build and keep blocks; answers `basis.LiveUniverse`."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._store = days.store

    def minute_block(self, day: int) -> MinuteBlock:
        """Return the children of all symbols on a session, without overlay."""
        return self._store.get(("minute-block", day), lambda: self._build_minutes(day), heavy=True)

    def slot_bars(self, day: int) -> Bars:
        """Return the slots of a session, shape (universe, slots)."""
        touched = self._touched(day)

        def build() -> Bars:
            slots = to_slots(self.minute_block(day).children)
            for own in self._own_days(touched, day):
                for column, mine in zip(fields(slots), fields(own.slots), strict=True):
                    column[own.frame.position] = mine
            return slots

        return self._store.get(("slot-bars", day, touched), build, heavy=True)

    def second_bars(self, day: int, slot: int) -> Bars:
        """Return the 60 seconds of a slot, shape (universe, 60)."""
        touched = self._touched(day)

        def build() -> Bars:
            block = self.minute_block(day)
            index = block.rows.position, np.full(len(block.rows.position), slot)
            rows = slot_rows(block.rows, block.children, block.ends, index)
            seconds = split_slots(self._days.universe, rows)
            for own in self._own_days(touched, day):
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
        bars = self.slot_bars(day).take((position, slot))
        before = self.slot_bars(day).close[position, slot - 1]
        prices = np.repeat(before[:, None], SECONDS, axis=1)
        moving = (bars.volume > 0) & ((bars.high > bars.low) | (bars.close != before))
        for own in self._own_days(self._touched(day), day):
            mine = position == own.frame.position
            prices[mine] = seconds_of(own, slot).close
            moving &= ~mine
        block = self.minute_block(day)
        index = position[moving], np.full(int(moving.sum()), slot)
        rows = slot_rows(block.rows, block.children, block.ends, index)
        prices[moving] = slot_closes(self._days.universe, rows)
        return prices

    def day_columns(self, day: int) -> DayColumns:
        """Return what all symbols start a session from."""
        block, touched = self.minute_block(day), self._touched(day)
        columns = DayColumns(
            base=block.rows.base.copy(),
            lower=block.lower.copy(),
            upper=block.upper.copy(),
            shares=self._days.universe.shares.copy(),
        )
        for own in self._own_days(touched, day):
            row, frame = own.frame.position, own.frame
            columns.base[row], columns.shares[row] = frame.base, frame.shares
            columns.lower[row], columns.upper[row] = frame.limits
        return columns

    def previous_volume(self, day: int) -> Ints:
        """Return the shares traded in the session before, one entry per symbol."""
        volume = self.minute_block(day).previous_volume.copy()
        for own in self._own_days(self._touched(day), day):
            volume[own.frame.position] = own.frame.previous_volume
        return volume

    def _touched(self, day: int) -> tuple[tuple[str, int], ...]:
        """Return the symbols that the overlay touches on a session, with their stamps."""
        stamps = ((code, self._days.stamp(code, day)) for code in self._days.overlay.codes())
        return tuple((code, stamp) for code, stamp in stamps if stamp)

    def _own_days(self, touched: tuple[tuple[str, int], ...], day: int) -> list[SymbolDay]:
        return [self._days.symbol_day(code, day) for code, _ in touched]

    def _build_minutes(self, day: int) -> MinuteBlock:
        days = self._days
        session = days.calendar.session_index(day)
        position = np.arange(len(days.universe))
        earlier = max(session - 1, days.calendar.first_index)
        bars = days.daily.bars(position, earlier, session)
        columns = (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover)
        rows = DayRows(
            position,
            np.full(len(position), day),
            Bars(*(np.ascontiguousarray(column[:, -1]) for column in columns)),
            np.ascontiguousarray(bars.base[:, -1]),
            days.universe.tick_tables(day),
            days.times(day).minutes,
        )
        return MinuteBlock(
            rows=rows,
            children=split_days(days.universe, rows),
            lower=bars.lower[:, -1].copy(),
            upper=bars.upper[:, -1].copy(),
            ends=auction_ends(days.universe, position, rows.day),
            previous_volume=bars.volume[:, 0].copy(),
        )


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
