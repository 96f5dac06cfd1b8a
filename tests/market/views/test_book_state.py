"""A book changes at trades, knots and auction edges, and at no other time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.views.book_state import change_times, marks, state_at, state_time, touch
from tests.market.markets import RUN_DAY, at, codes, open_market, shared_market


def day_of(code: str = "247540") -> SymbolDay:
    return shared_market()._days.symbol_day(code, RUN_DAY)


@given(code=codes(), start=st.integers(at(8, 20), at(15, 40)), span=st.integers(0, 30_000))
def test_changes_are_where_the_state_time_moves(code: str, start: int, span: int) -> None:
    own = day_of(code)
    changes = change_times(own, start, start + span)
    assert changes == sorted(set(changes))
    assert all(start < time <= start + span for time in changes)
    for time in changes:
        assert state_time(own, time) == time
    latest = state_time(own, start + span)
    if changes:
        assert latest == changes[-1]
    else:
        assert latest == state_time(own, start)


def test_every_trade_is_a_change() -> None:
    own = day_of("005930")
    trades = own.trades(100)
    span = int(trades.time[0]) - 1, int(trades.time[-1])
    assert set(trades.time.tolist()) <= set(change_times(own, *span))


def test_the_day_begins_and_ends_with_its_auctions() -> None:
    own = day_of()
    edges = marks(own)
    assert edges[0] == at(8, 30)
    assert state_time(own, edges[0] - 1) is None
    assert state_time(own, at(23)) == edges[3]
    assert change_times(own, edges[3], at(23)) == []


def test_a_halt_freezes_the_book() -> None:
    market = open_market()
    market.overlay.halt("247540", at(10))
    market.overlay.resume("247540", at(10, 1))
    own = market._days.symbol_day("247540", RUN_DAY)
    assert change_times(own, at(10), at(10, 1)) == []
    assert len(change_times(own, at(10, 1), at(10, 2))) >= 11


@given(now=st.integers(at(8, 30), at(15, 29, 59)))
def test_the_expected_price_closes_in_on_the_print(now: int) -> None:
    own = day_of("005930")
    time = state_time(own, now)
    assert time is not None
    state = state_at(own, time)
    edges = marks(own)
    running = edges[0] <= time < edges[1] or edges[2] <= time < edges[3]
    assert (state.expected_quantity > 0) == (state.expected_price > 0) == running
    if running:
        goal = own.auction(time, edges[1] if time < edges[1] else edges[3])
        assert state.expected_quantity <= goal[1]
        assert own.frame.lower <= state.expected_price <= own.frame.upper


@pytest.mark.parametrize("opening", [True, False])
def test_just_before_the_print_the_expectation_is_nearly_right(opening: bool) -> None:
    own = day_of("005930")
    end = marks(own)[1 if opening else 3]
    time = state_time(own, end - 1)
    assert time is not None
    price, quantity = own.auction(end, end)
    state = state_at(own, time)
    assert abs(state.expected_price - price) <= 100
    assert state.expected_quantity > 0.8 * quantity
    assert state_at(own, end).last == price


def test_touch_follows_the_last_trade() -> None:
    own = day_of("005930")
    trades, number = own.last_trade(at(11))
    price, side = int(trades.price[number]), int(trades.side[number])
    assert touch(own, price, side, int(trades.time[number])) == (
        trades.ask[number],
        trades.bid[number],
    )
