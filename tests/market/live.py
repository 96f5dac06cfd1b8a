"""Stand in for the market's live answers: the path itself, traded evenly over the session."""

import numpy as np

from kiwoom_sim.core.clock import clock_ms, day_of, moment, parse_day, time_of_day
from kiwoom_sim.market.basis import Basis
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Candles
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.store import Store

OPEN, CLOSE = clock_ms(9), clock_ms(15, 30)


def make_basis(start_day: int, *symbols: str, seed: int = 7) -> Basis:
    universe = load_universe(MarketConfig(symbols=symbols), seed)
    calendar, store = load_calendar(), Store()
    return Basis(
        universe=universe,
        calendar=calendar,
        daily=DailyPath(universe, calendar, seed, store),
        store=store,
        start_day=start_day,
    )


class EvenLive:
    """Trade every day's volume evenly between 09:00 and 15:30; split shares on one day."""

    def __init__(self, basis: Basis, split_day: int | None = None, factor: int = 1) -> None:
        self.basis = basis
        self.split_day = split_day
        self.factor = factor

    def _done(self, day: int, now: int) -> float:
        if day < day_of(now):
            return 1.0
        return min(1.0, max(0.0, (time_of_day(now) - OPEN) / (CLOSE - OPEN)))

    def _factor(self, day: int) -> int:
        return self.factor if self.split_day is not None and day >= self.split_day else 1

    def listed_shares(self, code: str, day: int) -> int:
        return self.basis.universe.by_code[code].listed_shares * self._factor(day)

    def stamp(self, code: str, day: int) -> int:  # noqa: ARG002 - all symbols split at once
        return self._factor(day)

    def volume_at(self, code: str, now: int) -> int:
        candles = self.day_candles(code, now, day_of(now), 1)
        seen = len(candles) > 0 and day_of(int(candles.time[-1])) == day_of(now)
        return int(candles.volume[-1]) if seen else 0

    def day_candles(self, code: str, now: int, last_day: int, count: int) -> Candles:
        basis = self.basis
        last = basis.calendar.session_index(basis.calendar.latest(min(last_day, day_of(now))))
        if self._done(basis.calendar.day_at(last), now) == 0.0:
            last -= 1
        first = last - count + 1
        position = basis.universe.index(code)
        bars = basis.daily.bars(np.array([position]), first, last)
        days = [basis.calendar.day_at(index) for index in range(first, last + 1)]
        factor = np.array([self._factor(day) for day in days])
        done = np.array([self._done(day, now) for day in days])
        volume = (bars.volume[0] * done).astype(np.int64) * factor
        return Candles(
            time=np.array([moment(day) for day in days]),
            open=bars.open[0] // factor,
            high=bars.high[0] // factor,
            low=bars.low[0] // factor,
            close=bars.close[0] // factor,
            volume=volume,
            turnover=np.where(done == 1.0, bars.turnover[0], bars.low[0] // factor * volume),
            base=bars.base[0] // factor,
        )


# Few symbols keep the tests quick; the table of indices fills up with what there is.
INDEX_SYMBOLS = (
    "005930", "000660", "005380", "035420", "068270", "055550", "247540", "086520", "196170"
)  # fmt: skip
INDEX_START = parse_day("20260323") or 0


def index_market(of_day_ms: int = 0) -> Market:
    """Return a market whose run starts at a time of the first session after the reference day."""
    return Market(
        MarketConfig(symbols=INDEX_SYMBOLS),
        seed=7,
        start_day=INDEX_START,
        start_ms=moment(INDEX_START, of_day_ms),
    )
