"""Off-hours orders have their windows, on every kind of day."""

import pytest

from kiwoom_sim.core.clock import clock_ms, moment, time_of_day
from kiwoom_sim.exchange.hours import closing_auction, off_hours
from kiwoom_sim.exchange.order_types import ORDER_TYPES
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.sessions import session_times
from tests.market.markets import day

USUAL, CSAT, AFTER_MARKET = "20260324", "20251113", "20260915"


@pytest.mark.parametrize(
    ("code", "on", "begin", "end"),
    [
        ("61", USUAL, (8, 30), (8, 40)),
        ("81", USUAL, (15, 40), (16, 0)),
        ("62", USUAL, (16, 0), (18, 0)),
        ("61", CSAT, (9, 30), (9, 40)),
        ("81", CSAT, (16, 40), (17, 0)),
        ("62", CSAT, (17, 0), (18, 0)),
    ],
)
def test_windows(code: str, on: str, begin: tuple[int, int], end: tuple[int, int]) -> None:
    times = session_times(load_calendar(), day(on))
    window = off_hours(ORDER_TYPES[code], times)
    assert window is not None
    assert window.begin_ms == moment(day(on), clock_ms(*begin))
    assert window.end_ms - (code == "62") == moment(day(on), clock_ms(*end))
    assert window.trades_at(window.begin_ms) is (code != "62")
    assert not window.trades_at(window.begin_ms - 1)
    assert not window.trades_at(window.end_ms)


def test_single_price_auctions_come_twelve_times_every_ten_minutes() -> None:
    window = off_hours(ORDER_TYPES["62"], session_times(load_calendar(), day(USUAL)))
    assert window is not None
    turns = [time_of_day(turn) for turn in window.turns()]
    assert turns == [clock_ms(16, 10) + number * 600_000 for number in range(12)]


def test_closing_price_orders_that_wait_trade_when_the_window_opens() -> None:
    window = off_hours(ORDER_TYPES["81"], session_times(load_calendar(), day(USUAL)))
    assert window is not None
    assert list(window.turns()) == [moment(day(USUAL), clock_ms(15, 40))]


def test_other_types_and_later_years_have_no_window() -> None:
    times = session_times(load_calendar(), day(AFTER_MARKET))
    assert off_hours(ORDER_TYPES["62"], times) is None
    assert off_hours(ORDER_TYPES["81"], times) is not None
    assert off_hours(ORDER_TYPES["0"], times) is None
    assert time_of_day(closing_auction(times)) == clock_ms(15, 20)
