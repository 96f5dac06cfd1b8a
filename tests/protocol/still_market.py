"""A market small enough to reason about: what the feeds ask, answered from plain lists."""

from typing import Any

import numpy as np

from kiwoom_sim.core.clock import clock_ms, day_of, moment, parse_day
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.listing.universe import Universe, load_universe
from kiwoom_sim.market.records import Book, Candles, IndexQuote, Level, Quote, Trades, Venue
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.store import NotReady, Store

DAY = parse_day("20260320") or 0
OPEN_MS = moment(DAY, clock_ms(9))
CLOSE_MS = moment(DAY, clock_ms(15, 30))


def at(hour: int, minute: int = 0, second: int = 0, ms: int = 0) -> int:
    return moment(DAY, clock_ms(hour, minute, second) + ms)


class StillListings:
    """Everything is listed at any time."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe

    def instrument(self, code: str, _now: int) -> Instrument | None:
        return self.universe.by_code.get(code)


class StillMarket:
    """Trades and book changes happen when the test says so; prices rise by 100 won a trade."""

    def __init__(self, trades: dict[str, list[int]], books: dict[str, list[int]]) -> None:
        self.universe = load_universe(MarketConfig(symbols=("005930", "000660", "069500")), 1)
        self.calendar = load_calendar()
        self.reference = load_reference()
        self.listings = StillListings(self.universe)
        self.indices = StillIndices()
        self.trade_times = trades
        self.book_times = books
        self.store = Store()
        self.asked: list[str] = []
        self.cold: set[str] = set()

    def trades(self, code: str, start: int, end: int, _venue: Venue = Venue.KRX) -> Trades:
        self.asked.append(f"trades {code}")
        everything = self.trade_times.get(code, [])
        chosen = [n for n, time in enumerate(everything) if start < time <= end]
        price = [70_000 + 100 * n for n in chosen]
        columns: dict[str, list[int]] = dict.fromkeys(Trades.__struct_fields__, [1] * len(chosen))
        columns |= {
            "time": [everything[n] for n in chosen],
            "price": price,
            "ask": [won + 100 for won in price],
            "bid": price,
            "volume": [n + 1 for n in chosen],
            "turnover": [70_000 * (n + 1) for n in chosen],
            "open": [70_000] * len(chosen),
            "high": price,
            "low": [70_000] * len(chosen),
        }
        return Trades(**{name: np.array(cells, np.int64) for name, cells in columns.items()})

    def prefetch(self, codes: list[str], _start: int, _end: int) -> None:
        self.asked.append(f"prefetch {' '.join(codes)}")
        cold = [code for code in codes if code in self.cold]
        if cold:
            raise NotReady(tuple(cold), lambda: self.cold.difference_update(cold))

    def minutes(self, code: str, now: int, _size: int, _count: int) -> Candles:
        starts = sorted({time // 60_000 * 60_000 for time in self.trade_times[code]})
        time = np.array([start for start in starts if start <= now], np.int64)
        return Candles(**dict.fromkeys(Candles.__struct_fields__, time))

    def quote(self, code: str, now: int, _venue: Venue = Venue.KRX) -> Quote:
        past = [time for time in self.trade_times.get(code, []) if time <= now]
        count, last = len(past), 70_000 + 100 * max(0, len(past) - 1)
        values: dict[str, Any] = dict.fromkeys(Quote.__struct_fields__, 1)
        values |= {
            "code": code, "day": day_of(now), "time_ms": past[-1] if past else None,
            "last": last, "base": 70_000, "open": 70_000 * bool(past), "high": last * bool(past),
            "low": 70_000 * bool(past), "volume": count, "turnover": 70_000 * count,
            "high_time_ms": past[-1] if past else None, "low_time_ms": past[0] if past else None,
            "upper_limit": 70_300, "lower_limit": 49_000, "previous_volume": 10,
            "halted": False,
        }  # fmt: skip
        return Quote(**values)

    def book_changes(self, code: str, start: int, end: int, _venue: Venue = Venue.KRX) -> list[int]:
        self.asked.append(f"changes {code}")
        return [time for time in self.book_times.get(code, []) if start < time <= end]

    def book(self, code: str, now: int, _venue: Venue = Venue.KRX) -> Book:
        """Return a book whose best quotes move at every second change."""
        past = [time for time in self.book_times.get(code, []) if time <= now]
        best = 70_000 + 100 * (len(past) // 2)
        asks = tuple(Level(best + 100 * n, 10, 0) for n in range(1, 11))
        bids = tuple(Level(best - 100 * n, 10, 0) for n in range(10))
        values: dict[str, Any] = dict.fromkeys(Book.__struct_fields__, 100)
        values |= {
            "code": code, "time_ms": past[-1] if past else now, "asks": asks, "bids": bids,
            "base": 70_000, "expected_price": 0, "expected_quantity": 0,
        }  # fmt: skip
        return Book(**values)


class StillIndices:
    """Indices have a tick at the end of every second in which the test sets a level."""

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}

    def ticks(self, code: str, start: int, end: int) -> list[IndexQuote]:
        return [self.quote(code, time) for time in sorted(self.levels) if start < time <= end]

    def quote(self, code: str, now: int) -> IndexQuote:
        past = [time for time in sorted(self.levels) if time <= now]
        values: dict[str, Any] = dict.fromkeys(IndexQuote.__struct_fields__, 270_000)
        last = self.levels[past[-1]] if past else 270_000
        values |= {
            "code": code, "day": DAY, "time_ms": past[-1] if past else now, "last": last,
            "open": 270_000 * bool(past),
        }  # fmt: skip
        return IndexQuote(**values)
