"""Build small markets for tests, and name interesting days and times."""

from functools import cache

from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, day_of, moment, parse_day
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market

CODES = ("005930", "000660", "247540", "040300", "042500", "069500", "58LSGR", "091990", "123310")


def day(text: str) -> int:
    found = parse_day(text)
    assert found is not None
    return found


START = day("20260323")
RUN_DAY = day("20260324")
DAYS = tuple(
    map(day, ("20260324", "20260320", "20260102", "20251113", "20230125", "20160302", "20270104"))
)


def open_market(seed: int = 7, codes: tuple[str, ...] = ("005930", "247540", "069500")) -> Market:
    """Return a new market of a few symbols."""
    return Market(MarketConfig(symbols=codes), seed=seed, start_day=START)


@cache
def shared_market() -> Market:
    """Return a market to read from; tests must not add events to it."""
    listed = tuple(code for code in CODES if code in everything().universe.by_code)
    return open_market(codes=listed)


@cache
def everything() -> Market:
    """Return a market of all symbols to read from."""
    return Market(MarketConfig(), seed=7, start_day=START)


def at(hour: int, minute: int = 0, second: int = 0, ms: int = 0, on: int = RUN_DAY) -> int:
    """Return a market time on a day."""
    return moment(on, clock_ms(hour, minute, second) + ms)


def codes() -> st.SearchStrategy[str]:
    """Draw a symbol of the shared market."""
    return st.sampled_from(shared_market().universe.codes)


def moments() -> st.SearchStrategy[int]:
    """Draw a market time on one of the interesting days, mostly while the exchange is open."""
    busy = st.integers(clock_ms(8, 25), clock_ms(16, 35))
    edges = st.sampled_from([clock_ms(9), clock_ms(9, 0, 29), clock_ms(15, 20), clock_ms(15, 30)])
    return st.builds(moment, st.sampled_from(DAYS), busy | edges)


def is_listed(code: str, now: int) -> bool:
    """Say whether a symbol of the shared market has candles at a time."""
    return shared_market().universe.by_code[code].list_day <= day_of(now)
