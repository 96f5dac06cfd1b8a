"""Aggregate bars into candles (봉): minutes, days into longer periods, trades into tick candles.

Pure functions of columns, oldest first. Which bars go in is the matter of `charts`.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from kiwoom_sim.core.clock import MS_PER_DAY, date_from_day, weekday
from kiwoom_sim.market.records import Candles, Ints, Trades

_NOTHING = np.zeros(0, dtype=np.int64)
NO_CANDLES = Candles(**dict.fromkeys(Candles.__struct_fields__, _NOTHING))

_LABELS: dict[str, Callable[[int], int]] = {
    "week": lambda day: day - weekday(day),
    "month": lambda day: date_from_day(day).year * 12 + date_from_day(day).month,
    "year": lambda day: date_from_day(day).year,
}
PERIODS = tuple(_LABELS)


def group_candles(candles: Candles, first: Ints) -> Candles:
    """Merge runs of candles; `first` holds the number of the first candle of each run."""
    if not len(first):
        return NO_CANDLES
    last = np.concatenate([first[1:], [len(candles)]]) - 1
    return Candles(
        time=candles.time[first],
        open=candles.open[first],
        high=np.maximum.reduceat(candles.high, first),
        low=np.minimum.reduceat(candles.low, first),
        close=candles.close[last],
        volume=np.add.reduceat(candles.volume, first),
        turnover=np.add.reduceat(candles.turnover, first),
        base=candles.base[first],
    )


def run_starts(labels: Ints) -> Ints:
    """Return where runs of equal labels begin."""
    if not len(labels):
        return _NOTHING
    starts: Ints = np.flatnonzero(np.concatenate([[True], labels[1:] != labels[:-1]]))
    return starts


def period_labels(days: Ints, period: str) -> Ints:
    """Return a number per day that is equal within one week, month or year."""
    if period not in _LABELS:
        raise ValueError(f"unknown period {period!r}; allowed: {', '.join(PERIODS)}")
    return np.array([_LABELS[period](int(day)) for day in days], dtype=np.int64)


def periods_of(days: Candles, period: str) -> Candles:
    """Merge day candles into weeks, months or years; a quiet session counts with its flat price."""
    return group_candles(days, run_starts(period_labels(days.time // MS_PER_DAY, period)))


def minutes_of(candles: Candles, size: int, open_ms: int) -> Candles:
    """Merge one day's minute candles into candles of `size` minutes counted from the open.

    Args:
        candles: Candles of one day.
        size: Minutes per candle.
        open_ms: Market time at which the day's first minute begins.
    """
    if size == 1 or not len(candles):
        return candles
    number = (candles.time - open_ms) // (60_000 * size)
    merged = group_candles(candles, run_starts(number))
    starts = open_ms + number[run_starts(number)] * 60_000 * size
    return _with_time(merged, starts)


def ticks_of(trades: Trades, size: int, before: tuple[int, int], base: int) -> Candles:
    """Merge consecutive trades of one day into candles of `size` trades counted from the open.

    Args:
        trades: Trades; a first candle that begins before them is left out.
        size: Trades per candle.
        before: Number of the day's trades, and their turnover, before the first one.
        base: Base price of the day.
    """
    if not len(trades):
        return NO_CANDLES
    number = (before[0] + np.arange(len(trades))) // size
    singles = Candles(
        time=trades.time,
        open=trades.price,
        high=trades.price,
        low=trades.price,
        close=trades.price,
        volume=trades.quantity,
        turnover=np.diff(trades.turnover, prepend=before[1]),
        base=np.full_like(trades.price, base),
    )
    merged = group_candles(singles, run_starts(number))
    return newest(merged, len(merged) - 1) if before[0] % size else merged


def adjusted_by(candles: Candles, ratio: Fraction) -> Candles:
    """Return candles in the shares of a later day: prices times `ratio`, volumes over it."""
    if ratio == 1:
        return candles
    num, den = ratio.numerator, ratio.denominator

    def price(column: Ints) -> Ints:
        return np.maximum((2 * column * num + den) // (2 * den), 1)

    return Candles(
        time=candles.time,
        open=price(candles.open),
        high=price(candles.high),
        low=price(candles.low),
        close=price(candles.close),
        volume=candles.volume * den // num,
        turnover=candles.turnover,
        base=price(candles.base),
    )


def newest(candles: Candles, count: int) -> Candles:
    """Return the newest `count` candles."""
    if count >= len(candles):
        return candles
    start = len(candles) - max(count, 0)
    return Candles(**{name: getattr(candles, name)[start:] for name in Candles.__struct_fields__})


def join_candles(pieces: list[Candles]) -> Candles:
    """Return candles one after another as one record."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return NO_CANDLES
    if len(pieces) == 1:
        return pieces[0]
    return Candles(
        **{
            name: np.concatenate([getattr(piece, name) for piece in pieces])
            for name in Candles.__struct_fields__
        }
    )


def _with_time(candles: Candles, time: Ints) -> Candles:
    columns = {name: getattr(candles, name) for name in Candles.__struct_fields__}
    return Candles(**(columns | {"time": time}))
