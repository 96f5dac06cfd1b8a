"""Bend the children of days: what moves or stops a whole board, minute by minute.

Theory of operation: a day's children (opening auction, minutes, closing auction) are made by the
path; here their prices are multiplied by factors, closed ones lose their volume, and the first
one after a closure gets the print of a call auction. Seconds and trades are then split from bent
children as from any others, so hundreds of symbols cost no more than the path itself.

Invariants: a child that nothing touches stays as it is, bit by bit; a child without volume is
flat at the close before it; rows do not influence each other.

Known deviations: a board moves from one whole minute to the next, never inside of one.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_MINUTE, moment
from kiwoom_sim.market.alterations import PPM, BoardEvent, Closure, Tide
from kiwoom_sim.market.intraday.path import Reopenings
from kiwoom_sim.market.intraday.refine import RESERVE, Bars
from kiwoom_sim.market.intraday.stretches import factors
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.sessions import SessionTimes
from kiwoom_sim.market.rules.ticks import round_to_tick

_GATHER_PERCENT = 40
"""Share of the volume of a closure that its auction trades."""


class Bend(Struct, frozen=True):
    """Say what happens to each child of some days, shape (rows, children).

    Attributes:
        begin, end: Factors on prices at both ends of a child, in parts per million.
        closed: Nobody trades.
        print_ms: When a call auction ends after the child began; -1 where there is none.
    """

    begin: Ints
    end: Ints
    closed: NDArray[np.bool_]
    print_ms: Ints


class DayRules(Struct, frozen=True):
    """Hold what prices of days obey, shape (rows,)."""

    base: Ints
    table: Ints
    lower: Ints
    upper: Ints


def bend_of(events: Sequence[BoardEvent], times: SessionTimes) -> Bend | None:
    """Return what events do to the children of one session, shape (1, children); None if nothing.

    Args:
        events: All of one symbol and session.
        times: Of the session.
    """
    if not events:
        return None
    minutes = np.arange(times.minutes, dtype=np.int64) * MS_PER_MINUTE
    start = moment(times.day, times.open_ms)
    close = moment(times.day, times.close_ms)
    begins = np.concatenate([[start], start + minutes, [close]])
    ends = np.concatenate([[start], start + minutes + MS_PER_MINUTE, [close]])
    tides = [event for event in events if isinstance(event, Tide)]
    closed = np.zeros(len(begins), dtype=bool)
    print_ms = np.full(len(begins), -1, dtype=np.int64)
    for event in events:
        if isinstance(event, Closure):
            until = event.end_ms // MS_PER_MINUTE * MS_PER_MINUTE or moment(times.day + 1)
            closed |= (begins >= event.at_ms) & (begins < until)
            print_ms[(begins == until) & (ends > begins)] = event.end_ms - until
    return Bend(
        factors(tides, begins)[None], factors(tides, ends)[None], closed[None], print_ms[None]
    )


def stacked(bends: Sequence[Bend]) -> Bend:
    """Return the bends of several days as rows of one."""
    names = Bend.__struct_fields__
    return Bend(*(np.concatenate([getattr(bend, name) for bend in bends]) for name in names))


def bent(children: Bars, bend: Bend, rules: DayRules) -> tuple[Bars, Reopenings]:
    """Return bent children, and the prints that end closures.

    Args:
        children: Of days of the path, shape (rows, children).
        bend: What happens, same shape.
        rules: Prices that are legal.
    """
    moved = (bend.begin != PPM) | (bend.end != PPM)
    volume = np.where(bend.closed, 0, children.volume)
    opening = np.where(moved, _scaled(children.open, bend.begin, rules), children.open)
    close = np.where(moved, _scaled(children.close, bend.end, rules), children.close)
    top, bottom = np.maximum(bend.begin, bend.end), np.minimum(bend.begin, bend.end)
    high = np.where(moved, _scaled(children.high, top, rules), children.high)
    low = np.where(moved, _scaled(children.low, bottom, rules), children.low)
    tiny = (bend.begin != bend.end) & (volume < RESERVE)
    opening, high, low = (np.where(tiny, close, column) for column in (opening, high, low))
    printed = _prints(children.volume, bend)
    opening, high, low, close = _filled(
        (opening, high, low, close), volume, (printed > 0, rules.base)
    )
    typical = (opening + high + low + close) * volume // 4
    turnover = np.where(moved, typical, np.where(volume > 0, children.turnover, 0))
    bars = Bars(opening, high, low, close, volume + printed, turnover + printed * opening)
    return bars, Reopenings(printed[:, 1:], np.where(printed > 0, bend.print_ms, -1)[:, 1:])


def _scaled(prices: Ints, factor: Ints, rules: DayRules) -> Ints:
    """Return the legal prices nearest to prices times a factor."""
    rounded = round_to_tick((2 * prices * factor + PPM) // (2 * PPM), rules.table[:, None])
    return np.clip(rounded, rules.lower[:, None], rules.upper[:, None])


def _prints(volume: Ints, bend: Bend) -> Ints:
    """Return the shares of the auctions that end closures."""
    closed = np.cumsum(np.where(bend.closed, volume, 0), axis=1)
    printed = np.zeros_like(volume)
    taken = np.zeros(len(volume), dtype=np.int64)
    for child in np.flatnonzero((bend.print_ms >= 0).any(axis=0)).tolist():
        here = bend.print_ms[:, child] >= 0
        gathered = (closed[:, child] - taken) * _GATHER_PERCENT // 100
        printed[:, child] = np.where(here, gathered, 0)
        taken = np.where(here, closed[:, child], taken)
    return printed


def _filled(
    prices: tuple[Ints, Ints, Ints, Ints], volume: Ints, at: tuple[NDArray[np.bool_], Ints]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return open, high, low and close with children that do not trade flat at the close before.

    Args:
        prices: Open, high, low, close.
        volume: Of continuous trading.
        at: Where an auction prints, and the base prices.
    """
    printed, base = at
    opening, high, low, close = prices
    alone = printed & (volume == 0)
    high, low, close = (np.where(alone, opening, column) for column in (high, low, close))
    traded = (volume > 0) | printed
    position = np.maximum.accumulate(np.where(traded, np.arange(volume.shape[1]), -1), axis=1)
    before = np.take_along_axis(close, np.maximum(position, 0), axis=1)
    before = np.where(position < 0, base[:, None], before)
    opening, high, low, close = (
        np.where(traded, column, before) for column in (opening, high, low, close)
    )
    return opening, high, low, close
