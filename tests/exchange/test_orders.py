"""An order counts its shares: open, filled and taken away make what was asked for."""

import pytest

from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.exchange.orders import Order, State
from tests.exchange.making import ask_for, working


def test_an_order_ends_when_nothing_is_open() -> None:
    order = working(1, Side.BUY, 10, 100)
    order.fill(4, 99)
    order.reduce(5)
    assert (order.open, order.filled, order.paid_won, order.works) == (1, 4, 396, True)
    order.fill(1, 100)
    assert (order.paid_won, order.state, order.is_open) == (496, State.DONE, False)


@pytest.mark.parametrize("change", [lambda order: order.fill(11, 1), lambda order: order.reduce(0)])
def test_no_more_shares_go_than_are_open(change: object) -> None:
    with pytest.raises(AssertionError):
        change(working(1, Side.SELL, 10, 100))  # type: ignore[operator]  # one of the above


def test_reach_is_up_for_buyers_and_down_for_sellers() -> None:
    buy, sell, market = (
        working(1, Side.BUY, 1, 100), working(2, Side.SELL, 1, 100), working(3, Side.BUY, 1, None),
    )  # fmt: skip
    assert [buy.reaches(price) for price in (99, 100, 101)] == [True, True, False]
    assert [sell.reaches(price) for price in (99, 100, 101)] == [False, True, True]
    assert [buy.beats(price) for price in (99, 100, 101)] == [True, False, False]
    assert [sell.beats(price) for price in (99, 100, 101)] == [False, False, True]
    assert market.reaches(10**9)
    assert market.beats(10**9)


def test_an_amended_order_names_its_original_and_the_first_of_the_chain() -> None:
    first = Order(7, ask_for(Side.BUY, 3, 100), 0)
    second = Order(8, ask_for(Side.BUY, 2, 101), 1, first)
    third = Order(9, ask_for(Side.BUY, 1, 102), 2, second)
    assert [(o.original, o.first) for o in (first, second, third)] == [(0, 7), (7, 7), (8, 7)]
    assert (third.state, third.is_open, third.works) == (State.WAITING, True, False)
