"""Find the highs and lows of the past: the last 250 sessions and the calendar year."""

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, date_from_day, day_from_date
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.protocol.measures import rate_percent

SESSIONS_BACK = 250


class Extreme(Struct, frozen=True):
    """Hold one extreme price and its day."""

    price: int
    day: int


class Extremes(Struct, frozen=True, kw_only=True):
    """Hold the extremes of a stretch of sessions."""

    high: Extreme
    low: Extreme


def extremes(candles: Candles, first_day: int = 0) -> Extremes:
    """Return the extremes since a day, or of the newest candle if all are older.

    Args:
        candles: Day candles, oldest first, at least one.
        first_day: First day that counts.
    """
    days = candles.time // MS_PER_DAY
    start = min(int(np.searchsorted(days, first_day)), len(candles) - 1)
    return Extremes(
        high=_newest(candles.high[start:], days[start:], np.argmax),
        low=_newest(candles.low[start:], days[start:], np.argmin),
    )


def _newest(prices: Ints, days: Ints, find: Callable[[Ints], Any]) -> Extreme:
    """Return the extreme that `find` picks; the newest of equals."""
    place = len(prices) - 1 - int(find(prices[::-1]))
    return Extreme(int(prices[place]), int(days[place]))


def first_day_of_year(day: int) -> int:
    """Return 1 January of a day's year."""
    return day_from_date(date_from_day(day).replace(month=1, day=1))


class PastLine(Struct, frozen=True, kw_only=True):
    """Hold the extremes of the calendar year (연중) and of 250 sessions, today included.

    Rates say how far the price now is from the extreme, in hundredths of a percent.
    """

    year_high: int
    year_high_day: int
    year_high_rate: int
    year_low: int
    year_low_day: int
    year_low_rate: int
    long_high: int
    long_high_day: int
    long_high_rate: int
    long_low: int
    long_low_day: int
    long_low_rate: int


def _values(prefix: str, found: Extremes, last: int) -> dict[str, int]:
    return {
        f"{prefix}_high": found.high.price,
        f"{prefix}_high_day": found.high.day,
        f"{prefix}_high_rate": rate_percent(last, found.high.price),
        f"{prefix}_low": found.low.price,
        f"{prefix}_low_day": found.low.day,
        f"{prefix}_low_rate": rate_percent(last, found.low.price),
    }


def past_line(candles: Candles, today: int, last: int) -> PastLine:
    """Return the extremes of the newest 250 day candles and of the year.

    Args:
        candles: Day candles, oldest first.
        today: Day that says which year.
        last: Price now.
    """
    if len(candles) == 0:
        nothing = Extremes(high=Extreme(last, today), low=Extreme(last, today))
        return PastLine(**_values("year", nothing, last), **_values("long", nothing, last))
    year = extremes(candles, first_day_of_year(today))
    return PastLine(**_values("year", year, last), **_values("long", extremes(candles), last))
