"""Check the table of points from both sides of every threshold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kiwoom_sim.protocol.ralph.indicators import DayBars
from kiwoom_sim.protocol.ralph.scores import (
    THRESHOLDS,
    Measures,
    Scores,
    measure,
    points,
    total,
)

NAMES = Measures.__struct_fields__
LOW = Measures(**dict.fromkeys(NAMES, -1_000.0))


def bars_of(closes: list[int]) -> DayBars:
    return DayBars(
        high=tuple(close + 100 for close in closes),
        low=tuple(close - 100 for close in closes),
        close=tuple(closes),
        volume=(1_000,) * len(closes),
    )


def test_measures_thresholds_and_points_have_the_same_names_in_the_same_order() -> None:
    assert NAMES == Scores.__struct_fields__ == tuple(THRESHOLDS)
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_earns_its_points_at_the_threshold(name: str) -> None:
    one, two = THRESHOLDS[name]
    assert one < two
    for value, expected in ((one - 1e-9, 0), (one, 1), (two - 1e-9, 1), (two, 2)):
        earned = points(structs.replace(LOW, **{name: value}))
        assert getattr(earned, name) == expected
        assert total(earned) == expected, "no other question earns anything"


def test_the_score_is_the_sum_up_to_twelve() -> None:
    for points_each, extra, expected in ((0, 0, 0), (1, 0, 10), (1, 2, 12), (1, 3, 12), (2, 0, 12)):
        values = [points_each + (place < extra) for place in range(10)]
        assert total(Scores(**dict(zip(NAMES, values, strict=True)))) == expected


@given(st.lists(st.floats(-100, 100), min_size=10, max_size=10), st.sampled_from(NAMES))
def test_more_of_anything_never_costs_points(values: list[float], name: str) -> None:
    some = Measures(**dict(zip(NAMES, values, strict=True)))
    more = structs.replace(some, **{name: getattr(some, name) + 1.0})
    assert total(points(more)) >= total(points(some))
    assert all(0 <= value <= 2 for value in structs.astuple(points(some)))


def test_a_rising_price_measures_better_than_a_falling_one() -> None:
    rising = measure(bars_of(list(range(10_000, 13_000, 50))), [100, 110], 0.02, 0.9)
    falling = measure(bars_of(list(range(13_000, 10_000, -50))), [110, 100], -0.02, 0.1)
    for name in ("market_trend", "macd_signal", "bollinger_position", "momentum"):
        assert getattr(rising, name) > getattr(falling, name)
    assert rising.support_resistance < falling.support_resistance
    assert (rising.smart_money_flow, rising.time_signal) == (0.02, 0.9)


def test_the_price_position_is_that_within_the_newest_bar() -> None:
    bars = DayBars(high=(130,), low=(90,), close=(120,), volume=(5,))
    assert measure(bars, [], 0.0, 0.0).price_position == 0.75


def test_the_market_trend_is_the_distance_from_the_mean() -> None:
    trend = measure(bars_of([10_000]), [90, 90, 90, 130], 0.0, 0.0).market_trend
    assert trend == pytest.approx(0.3)


def test_rsi_is_worth_most_at_fifty_five() -> None:
    balanced = bars_of([10_000 + 55 * (n % 2) for n in range(60)])
    runaway = bars_of(list(range(10_000, 16_000, 100)))
    assert measure(balanced, [], 0, 0).rsi_signal > measure(runaway, [], 0, 0).rsi_signal == -45


def test_nothing_known_is_measured_neutrally() -> None:
    found = measure(bars_of([]), [], 0.0, 0.0)
    assert found.price_position == found.bollinger_position == found.support_resistance == 0.5
    assert found.volume_surge == 1
    assert found.market_trend == found.macd_signal == found.momentum == 0


def test_time_earns_points_late_in_the_session() -> None:
    bars = bars_of([10_000])
    shares = [tenth / 10 for tenth in range(10)]
    earned = [points(measure(bars, [], 0.0, share)).time_signal for share in shares]
    assert earned == [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
