"""Build market records for tests that need no market."""

from datetime import date
from typing import Any

import numpy as np

from kiwoom_sim.core.clock import clock_ms, day_from_date, moment
from kiwoom_sim.market.records import Book, Candles, IndexQuote, Level, Quote

DAY = day_from_date(date(2026, 3, 24))
NOON = moment(DAY, clock_ms(12))


def book(**changes: Any) -> Book:
    values: dict[str, Any] = {
        "code": "005930",
        "time_ms": NOON,
        "asks": tuple(Level(70_100 + 100 * n, 10 * (n + 1), n - 3) for n in range(10)),
        "bids": tuple(Level(70_000 - 100 * n, 20 * (n + 1), 2) for n in range(10)),
        "ask_total": 550,
        "bid_total": 1_100,
        "ask_total_change": -5,
        "bid_total_change": 20,
        "base": 69_000,
        "last": 70_000,
        "volume": 123,
        "expected_price": 0,
        "expected_quantity": 0,
    }
    return Book(**(values | changes))


def quote(**changes: Any) -> Quote:
    values: dict[str, Any] = {
        "code": "005930", "day": DAY, "time_ms": NOON, "last": 70_000, "base": 69_000,
        "open": 69_500, "high": 70_500, "low": 69_000, "high_time_ms": NOON, "low_time_ms": NOON,
        "volume": 800, "turnover": 56_000_000, "quantity": 7, "side": -1, "ask": 70_100,
        "bid": 70_000, "buy_volume": 300, "sell_volume": 200, "buy_count": 30, "sell_count": 20,
        "upper_limit": 89_700, "lower_limit": 48_300, "previous_volume": 1_000,
        "previous_turnover": 69_000_000, "listed_shares": 1_000_000, "expected_price": 0,
        "expected_quantity": 0, "halted": False,
    }  # fmt: skip
    return Quote(**(values | changes))


def index_quote(**changes: Any) -> IndexQuote:
    values: dict[str, Any] = {
        "code": "001", "day": DAY, "time_ms": NOON, "last": 578_120, "base": 570_000,
        "open": 571_000, "high": 579_000, "low": 570_500, "high_time_ms": NOON,
        "low_time_ms": NOON, "volume": 5_000, "turnover": 9_000_000, "previous_volume": 6_000,
        "quantity": 40, "upper_count": 1, "rising_count": 500, "flat_count": 30,
        "falling_count": 300, "lower_count": 0, "traded_count": 820, "member_count": 830,
    }  # fmt: skip
    return IndexQuote(**(values | changes))


def candles(rows: list[tuple[int, int, int, int, int, int]], step_ms: int = 86_400_000) -> Candles:
    """Return candles from rows of (base, open, high, low, close, volume), ending on `DAY`."""
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 6).T
    time = moment(DAY) - step_ms * np.arange(len(rows) - 1, -1, -1, dtype=np.int64)
    base, opened, high, low, close, volume = columns
    return Candles(
        time=time, open=opened, high=high, low=low, close=close, volume=volume,
        turnover=close * volume, base=base,
    )  # fmt: skip
