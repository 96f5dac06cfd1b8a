"""Check every measure against its definition, written down a second time and plainly."""

from math import isclose
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.ralph.indicators import (
    Bands,
    DayBars,
    average_true_range,
    bollinger,
    channel,
    exponential_averages,
    macd,
    mean,
    moving_average,
    rate_of_change,
    rsi,
    true_ranges,
    volume_ratio,
)

WORKED_EXAMPLE = (
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
)  # fmt: skip
"""Closes of the worked example that textbooks print for Wilder's RSI 14."""

prices = st.integers(1, 2_000_000)
series = st.lists(prices, min_size=1, max_size=90)


def bars_of(rows: list[tuple[int, int, int]]) -> DayBars:
    """Return bars from (high, low, close), volume 1 each."""
    high, low, close = (tuple(row[place] for row in rows) for place in range(3))
    return DayBars(high=high, low=low, close=close, volume=(1,) * len(rows))


@st.composite
def some_bars(draw: st.DrawFn) -> DayBars:
    """Draw bars whose closes lie within their ranges."""
    triples = draw(st.lists(st.tuples(prices, prices, prices), min_size=1, max_size=60))
    return bars_of([(max(each), min(each), sorted(each)[1]) for each in triples])


def reference_wilder(values: list[float], period: int) -> float:
    """Return Wilder's average as he words it: 13 times the old one plus the new one, over 14."""
    average = fmean(values[:period])
    for value in values[period:]:
        average = (average * (period - 1) + value) / period
    return average


def reference_rsi(closes: list[int]) -> float:
    """Return 100 - 100 / (1 + RS)."""
    changes = [closes[n] - closes[n - 1] for n in range(1, len(closes))]
    up = reference_wilder([float(change) if change > 0 else 0.0 for change in changes], 14)
    down = reference_wilder([float(-change) if change < 0 else 0.0 for change in changes], 14)
    return 100.0 if down == 0 else 100 - 100 / (1 + up / down)


def reference_average(values: list[float], period: int) -> float:
    """Return the exponential average as one weighted sum."""
    weight = 2 / (period + 1)
    newest_first = list(reversed(values))
    recent = sum(weight * (1 - weight) ** age * v for age, v in enumerate(newest_first[:-1]))
    return recent + (1 - weight) ** (len(values) - 1) * newest_first[-1]


@pytest.mark.parametrize(
    ("newest", "expected"),
    [(15, 70.53), (16, 66.32), (17, 66.55), (18, 69.41), (19, 66.36), (20, 57.97)],
)
def test_rsi_gives_the_figures_of_the_worked_example(newest: int, expected: float) -> None:
    assert round(rsi(WORKED_EXAMPLE[:newest]), 2) == expected


@given(st.lists(prices, min_size=2, max_size=90).filter(lambda closes: len(set(closes)) > 1))
def test_rsi_is_wilders(closes: list[int]) -> None:
    assert isclose(rsi(closes), reference_rsi(closes), rel_tol=1e-9, abs_tol=1e-6)


@given(series)
def test_rsi_stays_between_0_and_100_and_mirrors(closes: list[int]) -> None:
    value = rsi(closes)
    upside_down = [2_000_001 - close for close in closes]
    assert 0 <= value <= 100
    assert isclose(rsi(upside_down), 100 - value, abs_tol=1e-6)


@given(series, st.integers(2, 1_000))
def test_rsi_and_volume_ratio_do_not_depend_on_the_unit(closes: list[int], factor: int) -> None:
    larger = [close * factor for close in closes]
    assert isclose(rsi(larger), rsi(closes), abs_tol=1e-6)
    assert isclose(volume_ratio(larger), volume_ratio(closes))
    assert isclose(macd(larger).line, macd(closes).line * factor, abs_tol=1e-3)


def test_rsi_of_one_direction_is_at_its_end_and_of_none_in_the_middle() -> None:
    assert rsi(range(100, 140)) == 100
    assert rsi(range(140, 100, -1)) == 0
    assert rsi([70_000] * 30) == rsi([70_000]) == rsi([]) == 50


@given(series, st.integers(1, 40))
def test_exponential_averages_are_weighted_sums(values: list[int], period: int) -> None:
    averages = exponential_averages(values, period)
    assert len(averages) == len(values)
    expected = reference_average([float(value) for value in values], period)
    assert isclose(averages[-1], expected, rel_tol=1e-9)
    assert min(values) <= averages[-1] * (1 + 1e-12)
    assert averages[-1] * (1 - 1e-12) <= max(values)


@given(series)
def test_macd_is_the_difference_of_two_averages(closes: list[int]) -> None:
    found = macd(closes)
    values = [float(close) for close in closes]
    lines = [
        reference_average(values[:end], 12) - reference_average(values[:end], 26)
        for end in range(1, len(values) + 1)
    ]
    assert isclose(found.line, lines[-1], rel_tol=1e-6, abs_tol=1e-5)
    assert isclose(found.signal, reference_average(lines, 9), rel_tol=1e-6, abs_tol=1e-5)
    assert found.histogram == found.line - found.signal


@given(prices, st.integers(0, 60))
def test_a_flat_series_has_no_trend_and_no_width(price: int, count: int) -> None:
    flat = [price] * count
    assert macd(flat).line == macd(flat).signal == macd(flat).histogram == 0
    bands = bollinger(flat)
    assert bands.lower == bands.middle == bands.upper == (price if count else 0)
    assert bands.place(price) == 0.5


def test_macd_of_a_rise_is_positive_and_of_a_fall_negative() -> None:
    assert macd(range(100, 160)).line > 0
    assert macd(range(160, 100, -1)).line < 0


@given(series)
def test_bollinger_bands_are_two_deviations_around_the_mean(closes: list[int]) -> None:
    bands, window = bollinger(closes), closes[-20:]
    middle, deviation = fmean(window), pstdev(window)
    assert bands.lower <= bands.middle <= bands.upper
    assert isclose(bands.middle, middle)
    assert isclose(bands.upper - middle, 2 * deviation, abs_tol=1e-4)
    assert isclose(middle - bands.lower, 2 * deviation, abs_tol=1e-4)


def test_the_place_between_bands_is_a_share_of_their_width() -> None:
    bands = Bands(lower=100, middle=150, upper=200)
    assert [bands.place(price) for price in (50, 100, 150, 200, 250)] == [-0.5, 0, 0.5, 1, 1.5]


def test_moving_averages_take_the_newest_values() -> None:
    assert moving_average([1, 2, 3, 4, 10], 2) == 7
    assert moving_average([4, 6], 20) == 5
    assert moving_average([], 20) == mean([]) == 0


def test_a_true_range_reaches_to_the_close_before() -> None:
    bars = bars_of([(110, 100, 105), (130, 120, 125), (122, 118, 118), (100, 90, 95)])
    assert true_ranges(bars) == [10, 25, 7, 28]
    assert average_true_range(bars) == 17.5


@given(some_bars())
def test_average_true_range_is_wilders(bars: DayBars) -> None:
    ranges = [float(value) for value in true_ranges(bars)]
    assert isclose(average_true_range(bars), reference_wilder(ranges, 14), rel_tol=1e-9)
    assert all(wide >= h - lo for wide, h, lo in zip(ranges, bars.high, bars.low, strict=True))


def test_average_true_range_weighs_the_newest_bar_by_a_fourteenth() -> None:
    quiet = bars_of([(110, 100, 105)] * 20)
    wild = bars_of([(110, 100, 105)] * 20 + [(129, 91, 105)])
    assert average_true_range(quiet) == 10
    assert average_true_range(wild) == 10 + 28 / 14
    assert average_true_range(bars_of([])) == 0


def test_volume_ratio_compares_with_the_twenty_before() -> None:
    assert volume_ratio([9_999] + [100] * 20 + [150]) == 1.5
    assert volume_ratio([100, 300, 100]) == 0.5
    assert volume_ratio([100] * 20 + [0]) == 0


def test_volume_ratio_is_one_without_anything_to_compare_with() -> None:
    assert volume_ratio([]) == volume_ratio([5]) == volume_ratio([0, 0, 7]) == 1


@given(some_bars())
def test_the_channel_holds_the_newest_twenty_bars(bars: DayBars) -> None:
    levels = channel(bars)
    assert levels.lower == min(bars.low[-20:])
    assert levels.upper == max(bars.high[-20:])
    assert 0 <= levels.place(bars.close[-1]) <= 1


def test_the_channel_of_nothing_is_zero() -> None:
    assert channel(bars_of([])) == Bands(lower=0, middle=0, upper=0)


def test_the_rate_of_change_looks_back_as_far_as_it_can() -> None:
    assert rate_of_change([50, 100, 0, 0, 0, 0, 110], 5) == pytest.approx(0.1)
    assert rate_of_change([100, 90], 5) == pytest.approx(-0.1)
    assert rate_of_change([100], 5) == rate_of_change([], 5) == 0
