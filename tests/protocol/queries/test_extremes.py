from kiwoom_sim.protocol.queries.extremes import Extreme, extremes, first_day_of_year, past_line
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


def test_rates_say_how_far_the_price_is_from_an_extreme() -> None:
    line = past_line(samples.candles(ROWS), samples.DAY, 117)
    assert (line.long_high, line.long_high_rate, line.long_low_rate) == (130, -1_000, 3_000)
    assert line.year_high_day == samples.DAY - 2


def test_without_history_the_price_is_its_own_extreme() -> None:
    line = past_line(samples.candles([]), samples.DAY, 50)
    assert (line.year_high, line.long_low, line.long_low_day) == (50, 50, samples.DAY)


def test_a_year_begins_on_the_first_of_january() -> None:
    assert first_day_of_year(worlds.day("20260324")) == worlds.day("20260101")
