"""Measure bars the way technical analysts do: momentum, trend, bands, ranges, volume, levels.

Series are oldest first and their last value is the newest; results are of that newest bar. A
series shorter than a measure's period is measured over what there is, down to the neutral value
that each function states, so that a symbol listed yesterday still has an answer.

Not for: judging what a measure means (`patterns`, `scores`).

Invariants: plain floats added in the order of the bars, or with `fsum`, and nothing but + - * /
and square roots: the same bars give the same bits on every machine and Python.

Source:
    J. Welles Wilder, New Concepts in Technical Trading Systems (1978): RSI, true range, smoothing.
    G. Appel, The Moving Average Convergence-Divergence Trading Method (1979): MACD 12/26/9.
    J. Bollinger, Bollinger on Bollinger Bands (2001): 20 bars, 2 population deviations, %b.
    R. Donchian's channel: the highest high and lowest low of 20 bars.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum, sqrt

from msgspec import Struct

RSI_PERIOD = ATR_PERIOD = 14
MACD_FAST, MACD_SLOW, MACD_SIGNAL = 12, 26, 9
BAND_PERIOD, BAND_DEVIATIONS = 20, 2.0
MEAN_PERIOD = 20
"""Bars of the usual moving averages of prices and volumes, and of the price channel."""

NEUTRAL_RSI = 50.0

Series = Sequence[float]


class DayBars(Struct, frozen=True, kw_only=True):
    """Hold day bars as columns of the same length, oldest first; prices in won."""

    high: tuple[int, ...]
    low: tuple[int, ...]
    close: tuple[int, ...]
    volume: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.close)


class Macd(Struct, frozen=True, kw_only=True):
    """Hold the MACD of the newest bar, in won.

    Attributes:
        line: Fast minus slow average.
        signal: Average of the line.
    """

    line: float
    signal: float

    @property
    def histogram(self) -> float:
        """Line above (positive) or below its signal."""
        return self.line - self.signal


class Bands(Struct, frozen=True, kw_only=True):
    """Hold three prices: lower <= middle <= upper."""

    lower: float
    middle: float
    upper: float

    def place(self, price: float) -> float:
        """Return where a price lies: 0 at the lower band, 1 at the upper, 0.5 without width."""
        width = self.upper - self.lower
        return (price - self.lower) / width if width > 0 else 0.5


def mean(values: Series) -> float:
    """Return the arithmetic mean, 0 of nothing."""
    return fsum(values) / len(values) if values else 0.0


def moving_average(values: Series, period: int) -> float:
    """Return the mean of the newest `period` values (이동평균), 0 of nothing."""
    return mean(values[-period:])


def exponential_averages(values: Series, period: int) -> list[float]:
    """Return the exponential average at every value; it starts at the first value."""
    weight = 2 / (period + 1)
    averages: list[float] = []
    for value in values:
        before = averages[-1] if averages else float(value)
        averages.append(before + weight * (value - before))
    return averages


def _wilder_average(values: Series, period: int) -> float:
    """Return Wilder's average: the mean of the first `period`, then a period-th of each newer."""
    average = mean(values[:period])
    for value in values[period:]:
        average += (value - average) / period
    return average


def rsi(closes: Series, period: int = RSI_PERIOD) -> float:
    """Return the relative strength index, 0 to 100.

    It is 50 without any change of price, 100 without a fall and 0 without a rise.
    """
    changes = [new - old for old, new in pairwise(closes)]
    gain = _wilder_average([max(change, 0) for change in changes], period)
    loss = _wilder_average([max(-change, 0) for change in changes], period)
    # The quotient first: it is at most 1, also when rounded.
    return 100 * (gain / (gain + loss)) if gain + loss > 0 else NEUTRAL_RSI


def macd(closes: Series) -> Macd:
    """Return the MACD 12/26/9; 0 of nothing and of a flat series."""
    if not closes:
        return Macd(line=0.0, signal=0.0)
    fast = exponential_averages(closes, MACD_FAST)
    slow = exponential_averages(closes, MACD_SLOW)
    line = [quick - late for quick, late in zip(fast, slow, strict=True)]
    return Macd(line=line[-1], signal=exponential_averages(line, MACD_SIGNAL)[-1])


def bollinger(closes: Series) -> Bands:
    """Return the Bollinger bands (볼린저밴드) 20/2; all three are 0 of nothing."""
    window = closes[-BAND_PERIOD:]
    middle = mean(window)
    deviation = sqrt(mean([(close - middle) * (close - middle) for close in window]))
    reach = BAND_DEVIATIONS * deviation
    return Bands(lower=middle - reach, middle=middle, upper=middle + reach)


def true_ranges(bars: DayBars) -> list[int]:
    """Return each bar's range, widened to the close before it; the first bar's own range."""
    ranges = []
    for place, (high, low) in enumerate(zip(bars.high, bars.low, strict=True)):
        before = bars.close[place - 1] if place else low
        ranges.append(max(high, before) - min(low, before))
    return ranges


def average_true_range(bars: DayBars, period: int = ATR_PERIOD) -> float:
    """Return the average true range (ATR) in won, 0 of nothing."""
    return _wilder_average(true_ranges(bars), period)


def volume_ratio(volumes: Series, period: int = MEAN_PERIOD) -> float:
    """Return the newest volume over the mean of up to `period` volumes before it.

    It is the plain ratio, whatever the time of day: while a session runs, its volume is what was
    traded so far. Without volume before it the ratio is 1.
    """
    usual = mean(volumes[:-1][-period:])
    return volumes[-1] / usual if usual > 0 else 1.0


def channel(bars: DayBars, period: int = MEAN_PERIOD) -> Bands:
    """Return support (lowest low), middle and resistance (highest high); 0 of nothing."""
    if not len(bars):
        return Bands(lower=0.0, middle=0.0, upper=0.0)
    support, resistance = min(bars.low[-period:]), max(bars.high[-period:])
    return Bands(lower=support, middle=(support + resistance) / 2, upper=resistance)


def rate_of_change(closes: Series, period: int) -> float:
    """Return the newest close over the one `period` bars before it, minus 1; 0 without both."""
    if len(closes) < 2:
        return 0.0
    before = closes[max(0, len(closes) - 1 - period)]
    return closes[-1] / before - 1 if before > 0 else 0.0
