"""Give points to what a buyer at the close (종가베팅) looks at: ten questions, 0 to 2 points each.

Layout: `Measures` holds one number per question, made so that more is better; `THRESHOLDS` says
from which number on a question earns one point and two; `points` applies the table; `total` adds.

Not for: asking the market; the numbers come in as values.

Known deviations: the contract of the older mocks names the ten questions and their range but not
how they are measured; measures and thresholds are this simulator's own, chosen so that every
number of points occurs among the listed shares.
"""

from collections.abc import Sequence

from msgspec import Struct

from kiwoom_sim.protocol.ralph.indicators import (
    Bands,
    DayBars,
    Series,
    bollinger,
    channel,
    macd,
    mean,
    rate_of_change,
    rsi,
    volume_ratio,
)

MOMENTUM_BARS = FLOW_BARS = 5
TOTAL_MAX = 12
_BEST_RSI = 55.0


class Measures(Struct, frozen=True, kw_only=True):
    """Hold what is measured; each answers one question of the score.

    Attributes:
        price_position: Place of the price in the newest day's range, 0 to 1.
        volume_surge: Newest day's volume over the mean of the 20 days before it.
        smart_money_flow: Net buys of foreigners and institutions over their stretch's volume.
        market_trend: The board's index over its 20-day mean, minus 1; 0 without an index.
        rsi_signal: Minus the distance of RSI 14 from 55: strength without overheating.
        macd_signal: MACD histogram over the price.
        bollinger_position: Place of the price between the Bollinger bands, 0 to 1 inside them.
        support_resistance: Room up to the 20-day high, as a share of the 20-day range.
        time_signal: Share of the session that has passed; 0 outside of it.
        momentum: Change of the close over five days.
    """

    price_position: float
    volume_surge: float
    smart_money_flow: float
    market_trend: float
    rsi_signal: float
    macd_signal: float
    bollinger_position: float
    support_resistance: float
    time_signal: float
    momentum: float


class Scores(Struct, frozen=True, kw_only=True):
    """Hold the points of every question, 0 to 2 each, under the names of `Measures`."""

    price_position: int
    volume_surge: int
    smart_money_flow: int
    market_trend: int
    rsi_signal: int
    macd_signal: int
    bollinger_position: int
    support_resistance: int
    time_signal: int
    momentum: int


THRESHOLDS: dict[str, tuple[float, float]] = {
    "price_position": (0.5, 0.8),
    "volume_surge": (1.0, 1.5),
    "smart_money_flow": (0.01, 0.03),
    "market_trend": (0.005, 0.03),
    "rsi_signal": (-15.0, -7.0),
    "macd_signal": (0.001, 0.006),
    "bollinger_position": (0.5, 0.85),
    "support_resistance": (0.4, 0.75),
    "time_signal": (0.5, 0.8),
    "momentum": (0.01, 0.04),
}
"""From which measure on a question earns one point, and two."""


def measure(
    bars: DayBars, index_closes: Series, smart_money: float, session_share: float
) -> Measures:
    """Return the measures of a symbol.

    Without bars every measure has the neutral value that `indicators` gives it.

    Args:
        bars: Its day bars.
        index_closes: Closes of its board's index, the newest 20 days; empty without an index.
        smart_money: Net buys of foreigners and institutions over the volume.
        session_share: Share of the session that has passed.
    """
    closes = bars.close
    price = closes[-1] if closes else 0
    usual = mean(index_closes)
    day = Bands(lower=bars.low[-1], middle=price, upper=bars.high[-1]) if closes else channel(bars)
    return Measures(
        price_position=day.place(price),
        volume_surge=volume_ratio(bars.volume),
        smart_money_flow=smart_money,
        market_trend=index_closes[-1] / usual - 1 if usual > 0 else 0.0,
        rsi_signal=-abs(rsi(closes) - _BEST_RSI),
        macd_signal=macd(closes).histogram / price if price > 0 else 0.0,
        bollinger_position=bollinger(closes).place(price),
        support_resistance=1 - channel(bars).place(price),
        time_signal=session_share,
        momentum=rate_of_change(closes, MOMENTUM_BARS),
    )


def points(measures: Measures) -> Scores:
    """Return the points that measures earn."""
    earned = {
        name: sum(getattr(measures, name) >= threshold for threshold in thresholds)
        for name, thresholds in THRESHOLDS.items()
    }
    return Scores(**earned)


def total(scores: Scores) -> int:
    """Return the score, 0 to 12: the sum of the points, at most 12.

    Ten questions of two points could give 20; the contract's scale ends at 12, so that more than
    12 points say no more than 12 do, and below that the score is the sum a client can check.
    """
    each: Sequence[int] = [getattr(scores, name) for name in THRESHOLDS]
    return min(TOTAL_MAX, sum(each))
