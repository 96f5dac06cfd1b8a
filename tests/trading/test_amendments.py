"""Amendments move shares to new orders, cancels take them back; holds follow."""

from kiwoom_sim.engine.orders import Accepted
from kiwoom_sim.exchange.checks import Reason
from kiwoom_sim.exchange.order_types import Side
from tests.engine.desks import (
    NOON,
    accepted,
    amendment,
    far_bid,
    holding,
    lines,
    opened,
    refused,
    steps_of,
    withdrawal,
)
from tests.exchange.making import CODE, ask_for
from tests.exchange.stage import steps
from tests.market.markets import at, open_market, shared_market

BUY, SELL = Side.BUY, Side.SELL


def test_an_amendment_moves_shares_to_a_new_order() -> None:
    market = shared_market()
    price = far_bid(market)
    desk = opened()
    accepted(desk.place(ask_for(BUY, 10, price), NOON))
    held = desk.accounts[1].reserved_won
    answer = desk.amend(amendment(1, steps(price, -1), 4), NOON)
    assert answer == Accepted(number=2, first=1, quantity=4)
    assert steps_of(desk.take_notices()) == [
        (1, "new", "accepted", 10, 0),
        (1, "new", "confirmed", 6, 0),
        (2, "amend", "accepted", 4, 0),
    ]
    assert [(o.original, o.confirmed, o.open, o.price_won) for o in lines(desk)] == [
        (0, 0, 6, price),
        (1, 4, 4, steps(price, -1)),
    ]
    assert desk.accounts[1].reserved_won < held
    assert desk.amend(amendment(2, price), NOON) == Accepted(number=3, first=1, quantity=4)
    accepted(desk.cancel(withdrawal(1), NOON))
    accepted(desk.cancel(withdrawal(3), NOON))
    assert desk.accounts[1].orderable_won == 100_000_000


def test_an_amendment_may_use_what_the_original_holds() -> None:
    market = shared_market()
    price = far_bid(market)
    need = price * 10 + price * 10 * 15 // 100_000 // 10 * 10
    desk = opened(need + 5_000)
    accepted(desk.place(ask_for(BUY, 10, price), NOON))
    reason, possible = refused(desk.amend(amendment(1, steps(price, 10)), NOON))
    assert (reason, possible) == (Reason.NOT_ENOUGH_CASH, 9)
    accepted(desk.amend(amendment(1, steps(price, 1)), NOON))


def test_an_amendment_to_a_price_that_trades_trades() -> None:
    market = shared_market()
    desk = opened()
    quote = market.quote(CODE, NOON)
    accepted(desk.place(ask_for(BUY, 10, far_bid(market)), NOON))
    accepted(desk.amend(amendment(1, quote.ask), NOON))
    assert steps_of(desk.take_notices())[-1] == (2, "amend", "filled", 0, 10)
    assert desk.accounts[1].reserved_won == 0


def test_a_stop_order_keeps_its_trigger_until_it_was_triggered() -> None:
    market = shared_market()
    quote = market.quote(CODE, NOON)
    goal = steps(quote.ask, 12)
    desk = opened()
    accepted(desk.place(ask_for(BUY, 5, goal, type_code="28", trigger_won=goal), NOON))
    number = accepted(desk.amend(amendment(1, steps(goal, 1)), NOON))
    assert (lines(desk)[-1].trigger_won, lines(desk)[-1].open) == (goal, 5)
    lower = steps(goal, -1)
    accepted(desk.amend(amendment(number, lower, trigger_won=lower), NOON))
    assert lines(desk)[-1].trigger_won == lower
    now_there = ask_for(BUY, 5, steps(quote.bid, -20), type_code="28", trigger_won=quote.last)
    number = accepted(desk.place(now_there, NOON))
    accepted(desk.amend(amendment(number, quote.ask), NOON))
    assert (lines(desk)[-1].trigger_won, lines(desk)[-1].filled) == (0, 5)


def test_a_halted_symbol_can_be_cancelled_but_not_amended() -> None:
    market = open_market()
    price = far_bid(market)
    desk = opened(market=market)
    accepted(desk.place(ask_for(BUY, 10, price), NOON))
    market.overlay.halt(CODE, NOON)
    later = at(12, 1)
    desk.follow(NOON, later)
    assert refused(desk.amend(amendment(1, steps(price, 1)), later)) == (Reason.HALTED, 0)
    accepted(desk.cancel(withdrawal(1), later))


def test_cancels_have_numbers_and_lines_of_their_own() -> None:
    price = far_bid(shared_market())
    desk = opened()
    accepted(desk.place(ask_for(BUY, 10, price), NOON))
    desk.take_notices()
    assert desk.cancel(withdrawal(1, 3), NOON) == Accepted(number=2, first=1, quantity=3)
    assert desk.cancel(withdrawal(1), NOON) == Accepted(number=3, first=1, quantity=7)
    assert steps_of(desk.take_notices()) == [
        (1, "new", "cancelled", 7, 0),
        (2, "cancel", "cancelled", 0, 0),
        (1, "new", "cancelled", 0, 0),
        (3, "cancel", "cancelled", 0, 0),
    ]
    assert [(o.number, o.original, o.quantity, o.confirmed) for o in lines(desk)] == [
        (1, 0, 10, 0), (2, 1, 3, 3), (3, 1, 7, 7),
    ]  # fmt: skip
    assert desk.accounts[1].orderable_won == 100_000_000


def test_cancelled_sales_give_shares_back() -> None:
    desk = holding(10, 0)
    upper = shared_market().quote(CODE, NOON).upper_limit
    accepted(desk.place(ask_for(SELL, 10, upper), NOON))
    accepted(desk.cancel(withdrawal(1, 4), NOON))
    assert desk.accounts[1].free_shares(CODE) == 4
    accepted(desk.amend(amendment(1, steps(upper, -1), 5), NOON))
    assert desk.accounts[1].free_shares(CODE) == 4
