"""Say how the things that funds and ELWs follow move in each session.

A key names one: `stock:<code>`, `index:201`, `index:150`, `basket:<name>` or `factor:<series>`.
Indices are capitalisation sums of their members in the universe, baskets equal-weighted means;
their opens and closes are exact, their extremes a bridge between. What has no member in the
universe falls back to the factor of its market.

Not for: index levels that clients see (`indices`).
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.daily.bars import DailyBars
from kiwoom_sim.market.daily.factors import KOSDAQ_DEVIATION, KOSPI_DEVIATION, Factors
from kiwoom_sim.market.daily.noise import Floats, uniform_cells
from kiwoom_sim.market.daily.price_models import bridge_extremes
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints

_INTRADAY_SHARE = 1.0

# (series, daily deviation, overnight share, daily drift); a drift pays interest.
_FACTORS = {
    "factor:kospi": ("kospi", KOSPI_DEVIATION, 0.40, 0.0),
    "factor:kosdaq": ("kosdaq", KOSDAQ_DEVIATION, 0.23, 0.0),
    "factor:abroad": ("abroad", 0.0125, 0.70, 0.0003),
    "factor:commodity": ("commodity", 0.0160, 0.60, 0.0),
    "factor:bond": ("bond", 0.0022, 0.40, 0.0001),
    "factor:cash": ("bond", 0.00002, 0.30, 0.00011),
    "factor:other": ("kospi", 0.75 * KOSPI_DEVIATION, 0.40, 0.0),
}

_FUND_KEYS = {
    "KOSPI200": "index:201",
    "KOSDAQ150": "index:150",
    "OVERSEAS_EQ": "factor:abroad",
    "COMMODITY": "factor:commodity",
    "BOND": "factor:bond",
    "CASH": "factor:cash",
    "OTHER": "factor:other",
    "201": "index:201",
    "150": "index:150",
}

_BASKETS = {
    "반도체": ("005930", "000660", "042700", "403870", "240810", "058470"),
    "2차전지": ("373220", "006400", "051910", "247540", "086520", "003670"),
    "IT": ("005930", "000660", "006400", "066570", "009150"),
    "로봇": ("277810", "454910", "108490"),
    "바이오": ("207940", "068270", "196170", "000100", "141080"),
    "방산": ("012450", "079550", "064350", "047810", "272210"),
    "삼성그룹": ("005930", "006400", "028260", "207940", "009150", "032830"),
    "은행": ("105560", "055550", "086790", "316140", "024110"),
    "자동차": ("005380", "000270", "012330"),
    "전력": ("267260", "010120", "298040"),
    "조선": ("329180", "010140", "042660", "009540"),
    "증권": ("006800", "071050", "039490", "005940", "016360"),
}


def index_level(key: str) -> float:
    """Return the level of an index on the reference day, in points."""
    return load_reference().indices[key.removeprefix("index:")].level / 100


class Underlying(Struct, frozen=True, kw_only=True):
    """Hold how one thing moves in consecutive sessions.

    Attributes:
        open, high, low, close: Ratios to the previous close, shape (sessions,).
        level: Level at the close, one session more in front, shape (sessions + 1,).
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    level: Floats


def underlying_key(universe: Universe, instrument: Instrument) -> str:
    """Return the key of what a fund or ELW follows, as far as the universe can tell."""
    name = instrument.extra.get("underlying", "OTHER")
    if name.startswith("BASKET:"):
        key = "basket:" + name.removeprefix("BASKET:")
    else:
        key = _FUND_KEYS.get(name, "stock:" + name)
    if key.startswith("factor:") or len(member_rows(universe, key)):
        return key
    return "factor:kosdaq" if key == "index:150" else "factor:kospi"


def member_rows(universe: Universe, key: str) -> Ints:
    """Return the universe rows of the shares that a key is made of, ascending."""
    kind, _, name = key.partition(":")
    if kind == "index":
        rows = [
            row
            for row, each in enumerate(universe.instruments)
            if (each.kospi200 if name == "201" else each.kosdaq150) and each.is_stock
        ]
    elif kind == "factor":
        rows = []
    else:
        codes = _BASKETS.get(name, ()) if kind == "basket" else (name,)
        found = (universe.index(code) for code in codes)
        rows = sorted(row for row in found if row is not None)
    return np.array(rows, dtype=np.int64)


def from_stock(bars: DailyBars) -> Underlying:
    """Return how one share moves, from its bars."""
    base = bars.base[0].astype(np.float64)
    return Underlying(
        open=bars.open[0] / base,
        high=bars.high[0] / base,
        low=bars.low[0] / base,
        close=bars.close[0] / base,
        level=np.concatenate([bars.base[0, :1], bars.close[0]]).astype(np.float64),
    )


def from_members(
    universe: Universe, key: str, bars: DailyBars, factors: Factors, days: Ints
) -> Underlying:
    """Return how an index or basket moves, from its members' bars in `member_rows` order."""
    kosdaq = key == "index:150"
    if key.startswith("index:"):
        rows = member_rows(universe, key)
        shares = universe.shares[rows][:, None]
        base = (bars.base * shares).sum(axis=0).astype(np.float64)
        opened, closed = ((each * shares).sum(axis=0) / base for each in (bars.open, bars.close))
        start = float((universe.ref_price[rows] * shares[:, 0]).sum())
        unit = index_level(key) / start
        level = np.concatenate([base[:1], (bars.close * shares).sum(axis=0)]) * unit
    else:
        opened, closed = ((each / bars.base).mean(axis=0) for each in (bars.open, bars.close))
        level = np.ones(len(days) + 1)
    deviation = KOSDAQ_DEVIATION if kosdaq else KOSPI_DEVIATION
    spread = factors.market(kosdaq=kosdaq)[1][1:] * deviation
    variance = _INTRADAY_SHARE * 0.6 * spread**2
    high, low = _extremes(universe.seed, key, (np.log(opened), np.log(closed)), variance, days)
    return Underlying(open=opened, high=high, low=low, close=closed, level=level)


def from_factor(seed: int, key: str, factors: Factors, days: Ints) -> Underlying:
    """Return how a market without members in the universe moves."""
    series, deviation, gap_share, drift = _FACTORS[key]
    value, spread, gap = (each[1:] for each in factors.series(series))
    move = deviation * value + drift
    opened = gap_share * move + deviation * np.sqrt(gap_share * (1 - gap_share)) * gap
    variance = _INTRADAY_SHARE * (1 - gap_share) * (deviation * spread) ** 2
    high, low = _extremes(seed, key, (opened, move), variance, days)
    return Underlying(
        open=np.exp(opened), high=high, low=low, close=np.exp(move), level=np.ones(len(days) + 1)
    )


def _extremes(
    seed: int, key: str, ends: tuple[Floats, Floats], variance: Floats, days: Ints
) -> tuple[Floats, Floats]:
    """Return (high, low) ratios of a session between its open and close."""
    draws = uniform_cells(stream_keys(seed, "daily-underlying", [key]), days, 2)[:, 0]
    high, low = bridge_extremes(*ends, variance, (draws[0], draws[1]))
    return np.exp(high), np.exp(low)
