"""Find the highs and lows of the past: the last 250 sessions and the calendar year.

Finished sessions are looked through once a day; today's candle is set against what they came to.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, date_from_day, day_from_date, day_of
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.protocol.measures import rate_percent
from kiwoom_sim.protocol.settled import settled, settled_of_all

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


@lru_cache(maxsize=1_024)
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


class Past(Struct, frozen=True, kw_only=True):
    """Hold the extremes of a number of sessions; those of the year fall back on the newest one."""

    year: Extremes
    long: Extremes


def past(candles: Candles, today: int) -> Past | None:
    """Return the extremes of day candles, oldest first, as they look on a day; None of nothing."""
    if len(candles) == 0:
        return None
    return Past(year=extremes(candles, first_day_of_year(today)), long=extremes(candles))


def past_line(
    days: Callable[[int, int], Candles],
    keep: Callable[[int, Callable[[], Past | None]], Past | None],
    today: int,
    last: int,
) -> PastLine:
    """Return the extremes of the newest 250 day candles and of the year.

    Args:
        days: Gives the newest candles up to a day, as (day, count).
        keep: Keeps what a number of sessions before today come to.
        today: Day that says which year.
        last: Price now.
    """
    newest = days(today, 1)
    is_today = len(newest) > 0 and int(newest.time[-1]) // MS_PER_DAY == today
    count = SESSIONS_BACK - int(is_today)
    found = keep(count, lambda: past(days(today - 1, count), today))
    if is_today:
        high, low = int(newest.high[-1]), int(newest.low[-1])
        alone = Extremes(high=Extreme(high, today), low=Extreme(low, today))
        found = _joined(found, alone, first_day_of_year(today))
    if found is None:
        nothing = Extremes(high=Extreme(last, today), low=Extreme(last, today))
        found = Past(year=nothing, long=nothing)
    return PastLine(**_values("year", found.year, last), **_values("long", found.long, last))


def symbol_past_line(views: Views, code: str, last: int) -> PastLine:
    """Return the extremes of a symbol at a price."""

    def days(day: int, count: int) -> Candles:
        return views.market.days(code, views.now_ms, day, count)

    def keep(count: int, build: Callable[[], Past | None]) -> Past | None:
        return settled(views, code, ("extremes", count), build)

    return past_line(days, keep, day_of(views.now_ms), last)


def index_past_line(views: Views, code: str, last: int) -> PastLine:
    """Return the extremes of an index at a level."""

    def days(day: int, count: int) -> Candles:
        return views.market.indices.days(code, views.now_ms, day, count)

    def keep(count: int, build: Callable[[], Past | None]) -> Past | None:
        return settled_of_all(views, ("extremes", code, count), build)

    return past_line(days, keep, day_of(views.now_ms), last)


def _joined(before: Past | None, newest: Extremes, first_day: int) -> Past:
    """Return what sessions and a newer one come to together."""
    if before is None:
        return Past(year=newest, long=newest)
    is_first = before.year.high.day < first_day
    return Past(
        year=newest if is_first else _later(before.year, newest),
        long=_later(before.long, newest),
    )


def _later(before: Extremes, newest: Extremes) -> Extremes:
    """Return the extremes of both; the newest of equals."""
    return Extremes(
        high=newest.high if newest.high.price >= before.high.price else before.high,
        low=newest.low if newest.low.price <= before.low.price else before.low,
    )
