from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kiwoom_sim.core.clock import MS_PER_DAY, moment
from kiwoom_sim.market.records import Candles
from kiwoom_sim.market.views.candles import newest
from kiwoom_sim.market.views.charts import newest_before
from kiwoom_sim.protocol.queries.extremes import (
    Extreme,
    PastLine,
    extremes,
    first_day_of_year,
    past_line,
)
from tests.protocol import samples, worlds

ROWS = [
    (100, 100, 130, 90, 110, 5),
    (110, 110, 120, 95, 100, 5),
    (100, 100, 120, 99, 105, 5),
]


def test_the_newest_of_equal_extremes_wins() -> None:
    found = extremes(samples.candles(ROWS))
    assert found.high == Extreme(130, samples.DAY - 2)
    assert found.low == Extreme(90, samples.DAY - 2)
    recent = extremes(samples.candles(ROWS), samples.DAY - 1)
    assert recent.high == Extreme(120, samples.DAY)
    assert recent.low == Extreme(95, samples.DAY - 1)


def test_a_stretch_without_candles_takes_the_newest() -> None:
    assert extremes(samples.candles(ROWS), samples.DAY + 9).high == Extreme(120, samples.DAY)


def line_of(candles: Candles, last: int, today: int = samples.DAY) -> PastLine:
    def days(day: int, count: int) -> Candles:
        return newest(newest_before(candles, moment(day + 1)), count)

    return past_line(days, lambda _, build: build(), today, last)


def test_rates_say_how_far_the_price_is_from_an_extreme() -> None:
    line = line_of(samples.candles(ROWS), 117)
    assert (line.long_high, line.long_high_rate, line.long_low_rate) == (130, -1_000, 3_000)
    assert line.year_high_day == samples.DAY - 2


def test_without_history_the_price_is_its_own_extreme() -> None:
    line = line_of(samples.candles([]), 50)
    assert (line.year_high, line.long_low, line.long_low_day) == (50, 50, samples.DAY)


@given(
    st.lists(st.tuples(st.integers(50, 60), st.integers(40, 50)), max_size=6),
    st.integers(0, 3),
    st.integers(-200, 2),
)
def test_today_against_the_past_is_the_extreme_of_all(
    prices: list[tuple[int, int]], later: int, shift: int
) -> None:
    rows = [(50, 50, high, low, 50, 1) for high, low in prices]
    candles = samples.candles(rows)
    candles = structs.replace(candles, time=candles.time + shift * MS_PER_DAY)
    today = samples.DAY + shift + later
    line = line_of(candles, 50, today)
    if not rows:
        assert (line.long_high, line.year_low_day) == (50, today)
        return
    whole, year = extremes(candles), extremes(candles, first_day_of_year(today))
    assert Extreme(line.long_high, line.long_high_day) == whole.high
    assert Extreme(line.long_low, line.long_low_day) == whole.low
    assert Extreme(line.year_high, line.year_high_day) == year.high
    assert Extreme(line.year_low, line.year_low_day) == year.low


def test_a_year_begins_on_the_first_of_january() -> None:
    assert first_day_of_year(worlds.day("20260324")) == worlds.day("20260101")
