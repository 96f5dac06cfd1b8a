"""An account is read from the ledger: what may be spent, what may be sold, what is owed."""

import pytest

from kiwoom_sim.accounts.account import Position, lot_of, split_lot
from tests.accounts.books import SAMSUNG, Books, trade


@pytest.mark.parametrize("lot", [("005930", 0), ("005930", 20_560), ("0000D0", 1)])
def test_a_lot_names_a_symbol_and_the_day_of_its_loan(lot: tuple[str, int]) -> None:
    assert split_lot(lot_of(*lot)) == lot
    assert lot_of("005930") == "005930"


def test_money_that_settles_later_may_be_spent_now() -> None:
    books = Books(1_000_000)
    books.bookings.bring_in(1, SAMSUNG, 10, 500_000)
    books.bookings.commit(2, SAMSUNG, 4)
    books.bookings.sell(trade(4, 60_000, commission_won=30, tax_won=480))
    assert books.account.settled_won == 1_000_000
    assert books.account.orderable_won == 1_239_490
    books.bookings.reserve(3, 2, 1_100_000)
    assert books.account.orderable_won == 139_490
    assert (books.account.settled_won, books.account.reserved_won) == (1_000_000, 1_100_000)


def test_a_position_counts_shares_that_open_sales_hold() -> None:
    books = Books()
    books.bookings.bring_in(1, SAMSUNG, 7, 100)
    books.bookings.commit(2, SAMSUNG, 3)
    assert books.account.position(SAMSUNG) == Position(
        symbol=SAMSUNG, loan_day=0, quantity=7, free=4, cost_won=100, loan_won=0
    )
    assert books.account.position(SAMSUNG).average_won == 14  # 14.28
    assert books.account.free_shares(SAMSUNG) == 4
    assert books.account.free_shares("000660") == 0


def test_positions_come_in_order_of_purchase_and_go_when_sold() -> None:
    books = Books()
    for lot in ("247540", SAMSUNG, lot_of(SAMSUNG, 20)):
        books.bookings.bring_in(1, lot, 2, 10)
    books.bookings.commit(2, "247540", 2)
    assert [position.quantity for position in books.account.positions()] == [2, 2, 2]
    books.bookings.sell(trade(2, 5, symbol="247540", lot="247540"))
    found = [(position.symbol, position.loan_day) for position in books.account.positions()]
    assert found == [(SAMSUNG, 0), (SAMSUNG, 20)]
    assert books.account.position("247540").average_won == 0
