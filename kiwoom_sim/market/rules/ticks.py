"""Know the legal prices: price steps (호가단위) and daily limits (가격제한폭), by date.

Layout: a *table* is one row of price bands; every (product, day) has one table, and vectorised
functions take the table's number, or an array of numbers that broadcasts with the prices. Prices
are integer won, arithmetic is integer only.

Invariants: every band begins at a multiple of its own step and of the step below it, so the grid
of a table is one increasing sequence and a price can be numbered by its rank in it.

Source:
    KRX price steps since 2010 (ETF/ETN: band below 2,000 won since 2023-12-18; shares: seven
    bands since 2023-01-25); limits of 30 % since 2015-06-15, 15 % before; ELW 5 won, no limit.
"""

from bisect import bisect_right
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from kiwoom_sim.core.clock import day_from_date
from kiwoom_sim.market.records import Ints

UNLIMITED = 1_000_000_000
"""Upper limit of an instrument that has none; on every grid."""


class Product(IntEnum):
    """Group instruments by the price rules that hold for them."""

    KOSPI = 0
    KOSDAQ = 1
    FUND = 2
    ELW = 3


Bands = tuple[tuple[int, int], ...]

_SHARES: Bands = (
    (0, 1), (2_000, 5), (5_000, 10), (20_000, 50), (50_000, 100), (200_000, 500), (500_000, 1_000),
)  # fmt: skip
_KOSPI_2010: Bands = (
    (0, 1), (1_000, 5), (5_000, 10), (10_000, 50), (50_000, 100), (100_000, 500), (500_000, 1_000),
)  # fmt: skip
_KOSDAQ_2010: Bands = ((0, 1), (1_000, 5), (5_000, 10), (10_000, 50), (50_000, 100))
_FIVE: Bands = ((0, 5),)
_FUNDS: Bands = ((0, 1), (2_000, 5))
_TABLES = (_SHARES, _KOSPI_2010, _KOSDAQ_2010, _FIVE, _FUNDS)

_BEGINNING = 0
_FUND_STEP_CHANGE = day_from_date(date(2023, 12, 18))
_SHARE_STEP_CHANGE = day_from_date(date(2023, 1, 25))
_LIMIT_CHANGE = day_from_date(date(2015, 6, 15))

_TABLE_SINCE: dict[Product, tuple[tuple[int, int], ...]] = {
    Product.KOSPI: ((_BEGINNING, 1), (_SHARE_STEP_CHANGE, 0)),
    Product.KOSDAQ: ((_BEGINNING, 2), (_SHARE_STEP_CHANGE, 0)),
    Product.FUND: ((_BEGINNING, 3), (_FUND_STEP_CHANGE, 4)),
    Product.ELW: ((_BEGINNING, 3),),
}
_LIMIT_SINCE = ((_BEGINNING, 15), (_LIMIT_CHANGE, 30))

_WIDTH = max(len(table) for table in _TABLES)


def _padded(column: int) -> Ints:
    """Return one column of all tables as a matrix; short tables repeat their last band."""
    rows = [[band[column] for band in table] for table in _TABLES]
    return np.array([row + [row[-1]] * (_WIDTH - len(row)) for row in rows], dtype=np.int64)


_START = _padded(0)
_STEP = _padded(1)
_RANK = np.concatenate(
    [np.zeros((len(_TABLES), 1), np.int64), np.diff(_START, axis=1) // _STEP[:, :-1]], axis=1
).cumsum(axis=1)


def _in_force(since: tuple[tuple[int, int], ...], day: int) -> int:
    """Return the value of an effective-dated list on a day."""
    return since[max(0, bisect_right(since, day, key=lambda entry: entry[0]) - 1)][1]


def tick_table(product: Product, day: int) -> int:
    """Return the number of the price-step table of a product on a day."""
    return _in_force(_TABLE_SINCE[product], day)


def limit_percent(product: Product, leverage: int, day: int) -> int:
    """Return the daily limit in percent of the base price; 0 means that there is none."""
    if product is Product.ELW:
        return 0
    percent = _in_force(_LIMIT_SINCE, day)
    return percent * max(1, abs(leverage)) if product is Product.FUND else percent


def _lookup(values: Ints, table: ArrayLike, edges: Ints) -> tuple[Ints, Ints]:
    """Return (table numbers, band numbers); bands are found by their lower `edges`."""
    numbers = np.asarray(table, dtype=np.int64)
    if numbers.ndim == 0:
        bands = np.searchsorted(edges[int(numbers)], values, side="right") - 1
        return numbers, np.maximum(np.asarray(bands, dtype=np.int64), 0)
    bands = np.zeros(np.broadcast_shapes(values.shape, numbers.shape), dtype=np.int64)
    for band in range(1, _WIDTH):
        bands += values >= edges[numbers, band]
    return numbers, bands


def tick_sizes(prices: ArrayLike, table: ArrayLike) -> Ints:
    """Return the price step at each price; a price on a band's edge takes the upper band."""
    numbers, bands = _lookup(np.asarray(prices, dtype=np.int64), table, _START)
    steps: Ints = _STEP[numbers, bands]
    return steps


def floor_to_tick(prices: ArrayLike, table: ArrayLike) -> Ints:
    """Return the highest legal price not above each price (0 below the first step)."""
    values = np.asarray(prices, dtype=np.int64)
    floor: Ints = values - values % tick_sizes(values, table)
    return floor


def ceil_to_tick(prices: ArrayLike, table: ArrayLike) -> Ints:
    """Return the lowest legal price not below each price."""
    values = np.asarray(prices, dtype=np.int64)
    ceiling: Ints = values + -values % tick_sizes(values, table)
    return ceiling


def round_to_tick(prices: ArrayLike, table: ArrayLike) -> Ints:
    """Return the nearest legal price, halves up, and at least one step."""
    values = np.asarray(prices, dtype=np.int64)
    steps = tick_sizes(values, table)
    rounded: Ints = np.maximum((2 * values + steps) // (2 * steps), 1) * steps
    return rounded


def tick_rank(prices: ArrayLike, table: ArrayLike) -> Ints:
    """Return how many steps each price lies above 0, counting along the grid (floored)."""
    values = np.asarray(prices, dtype=np.int64)
    numbers, bands = _lookup(values, table, _START)
    rank: Ints = _RANK[numbers, bands] + (values - _START[numbers, bands]) // _STEP[numbers, bands]
    return rank


def price_at_rank(ranks: ArrayLike, table: ArrayLike) -> Ints:
    """Return the price that lies that many steps above 0; the inverse of `tick_rank`."""
    values = np.asarray(ranks, dtype=np.int64)
    numbers, bands = _lookup(values, table, _RANK)
    prices: Ints = _START[numbers, bands] + (values - _RANK[numbers, bands]) * _STEP[numbers, bands]
    return prices


def price_limits(bases: ArrayLike, table: ArrayLike, percent: ArrayLike) -> tuple[Ints, Ints]:
    """Return (lower, upper) limits for base prices; percent 0 means no limit.

    The width is cut to the step of the base price, the upper limit to the step of its own band;
    a lower limit that is off its own grid moves up. Without a limit the pair is one step and
    `UNLIMITED`.
    """
    base = np.asarray(bases, dtype=np.int64)
    share = np.asarray(percent, dtype=np.int64)
    steps = tick_sizes(base, table)
    width = base * share // 100 // steps * steps
    free = share == 0
    lower: Ints = np.where(free, tick_sizes(1, table), ceil_to_tick(base - width, table))
    upper: Ints = np.where(free, UNLIMITED, floor_to_tick(base + width, table))
    return lower, upper


def debut_limits(price: int, table: int) -> tuple[int, int]:
    """Return (lower, upper) limits of the first day of a new listing (since 2023-06-26).

    Args:
        price: Offering price.
        table: Price-step table.
    """
    lower = ceil_to_tick(-(-price * 60 // 100), table)
    return int(lower), int(floor_to_tick(price * 4, table))


def tick_size(price_won: int, product: Product, day: int) -> int:
    """Return the price step (호가단위) of a product, in won, at a price on a day."""
    return int(tick_sizes(price_won, tick_table(product, day)))


def limits(base_won: int, product: Product, day: int, leverage: int = 1) -> tuple[int, int]:
    """Return the (lower, upper) price limits (하한가, 상한가) of a day in won.

    Args:
        base_won: Base price (기준가) of the day, at least 1.
        product: Which rules hold.
        day: Day of the session.
        leverage: Leverage of a fund (2, -1, -2, ...); no meaning for other products.
    """
    percent = limit_percent(product, leverage, day)
    lower, upper = price_limits(base_won, tick_table(product, day), percent)
    return int(lower), int(upper)
