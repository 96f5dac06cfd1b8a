"""What happens to an account is booked to the won: holds, fills, settlement, splits."""

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.accounts.account import lot_of
from tests.accounts.books import OWNER, SAMSUNG, Books, trade

COUNTS = st.lists(st.integers(1, 50), min_size=1, max_size=8)


def test_a_purchase_takes_from_what_was_held_and_is_due_on_its_settlement_day() -> None:
    books = Books(1_000_000)
    books.bookings.reserve(1, 1, 700_100)
    books.bookings.buy(trade(4, 69_000, commission_won=40, open_before=10))
    assert books.won("reserved", "1") == 420_060
    assert books.won("due", "20") == -276_040
    assert books.won("holding", SAMSUNG) == 276_000
    assert books.account.orderable_won == 1_000_000 - 420_060 - 276_040
    assert books.account.settled_won == 1_000_000
    assert books.balances()


def test_the_average_price_is_that_of_all_purchases() -> None:
    books = Books(10_000_000)
    for number, (quantity, price) in enumerate(((10, 70_000), (20, 65_500)), 1):
        books.bookings.reserve(1, number, quantity * price)
        books.bookings.buy(trade(quantity, price, order=number))
    position = books.account.position(SAMSUNG)
    assert (position.quantity, position.cost_won, position.average_won) == (30, 2_010_000, 67_000)


def test_a_sale_takes_its_share_of_the_cost_and_the_rest_is_profit_before_costs() -> None:
    books = Books()
    books.bookings.bring_in(1, SAMSUNG, 3, 100_000)
    books.bookings.commit(1, SAMSUNG, 3)
    assert books.bookings.sell(trade(1, 50_000, commission_won=10, tax_won=100)) == 33_333
    assert (books.won("holding", SAMSUNG), books.won("realised")) == (66_667, -16_667)
    assert books.won("due", "20") == 49_890
    assert (books.won("commission"), books.won("tax")) == (10, 100)
    assert books.balances()


@given(COUNTS, st.integers(0, 10_000_000), st.integers(1, 100_000))
def test_the_last_sale_takes_all_that_is_left_of_the_cost(
    parts: list[int], cost: int, price: int
) -> None:
    books = Books()
    books.bookings.bring_in(1, SAMSUNG, sum(parts), cost)
    books.bookings.commit(1, SAMSUNG, sum(parts))
    taken = [books.bookings.sell(trade(part, price)) for part in parts]
    assert sum(taken) == cost
    assert books.won("holding", SAMSUNG) == 0
    assert books.won("realised") == cost - price * sum(parts)
    assert books.account.positions() == ()
    assert books.balances()


@given(COUNTS, st.integers(0, 10_000_000), st.lists(st.booleans(), min_size=8, max_size=8))
def test_what_an_order_held_is_given_back_to_the_won_however_it_ends(
    parts: list[int], held: int, fills: list[bool]
) -> None:
    books = Books(held)
    books.bookings.reserve(1, 1, held)
    still_open, paid = sum(parts), 0
    for part, is_fill in zip(parts, fills, strict=False):
        if is_fill:
            books.bookings.buy(trade(part, 1, open_before=still_open))
            paid += part
        else:
            books.bookings.release(1, 1, still_open, part)
        still_open -= part
        assert books.account.reserved_won >= 0
    assert books.account.reserved_won == 0
    assert books.account.orderable_won == held - paid


def test_committed_shares_come_back() -> None:
    books = Books()
    books.bookings.bring_in(1, SAMSUNG, 5, 50)
    books.bookings.commit(1, SAMSUNG, 5)
    assert books.account.free_shares(SAMSUNG) == 0
    books.bookings.uncommit(1, SAMSUNG, 2)
    assert (books.account.free_shares(SAMSUNG), books.account.position(SAMSUNG).quantity) == (2, 5)


def test_money_settles_on_its_day_and_not_before() -> None:
    books = Books(1_000)
    for order, day in ((1, "20"), (2, "21")):
        books.bookings.reserve(1, order, 100)
        books.bookings.buy(trade(1, 100, order=order, settlement_day=int(day)))
    for last_day, settled in ((19, 1_000), (20, 900), (20, 900), (23, 800)):
        books.bookings.settle(5, last_day)
        assert books.account.settled_won == settled
        assert books.account.orderable_won == 800
    assert books.balances()


def test_a_split_changes_shares_and_not_what_they_cost() -> None:
    books = Books()
    loan = lot_of(SAMSUNG, 15)
    for lot, count in ((SAMSUNG, 3), (loan, 7), ("247540", 5)):
        books.bookings.bring_in(1, lot, count, 700)
    books.bookings.split(2, SAMSUNG, 5, 2)
    found = {lot: books.account.position(lot).quantity for lot in (SAMSUNG, loan, "247540")}
    assert found == {SAMSUNG: 7, loan: 17, "247540": 5}  # 7.5 and 17.5, cut
    assert books.account.position(SAMSUNG).cost_won == 700
    assert books.balances()


def test_a_lot_that_a_merger_of_shares_leaves_empty_is_lost() -> None:
    books = Books()
    books.bookings.bring_in(1, SAMSUNG, 9, 900)
    books.bookings.split(2, SAMSUNG, 1, 10)
    assert books.account.positions() == ()
    assert (books.won("holding", SAMSUNG), books.won("realised")) == (0, 900)
    books.bookings.bring_in(3, SAMSUNG, 1, 50)
    assert books.account.position(SAMSUNG).average_won == 50


def test_shares_on_credit_are_a_lot_with_a_loan_that_their_sale_pays_back() -> None:
    books = Books(1_000_000)
    lot = lot_of(SAMSUNG, 15)
    books.bookings.reserve(1, 1, 400_000)
    books.bookings.buy(trade(10, 70_000, lot=lot, loan_won=300_000, commission_won=100))
    position = books.account.position(lot)
    assert (position.loan_day, position.loan_won, position.cost_won) == (15, 300_000, 700_000)
    assert books.account.orderable_won == 1_000_000 - 400_100
    assert books.account.position(SAMSUNG).quantity == 0
    books.bookings.commit(2, lot, 10)
    books.bookings.sell(
        trade(10, 71_000, lot=lot, loan_won=300_000, interest_won=500, commission_won=100,
              tax_won=1_420)
    )  # fmt: skip
    assert books.account.position(lot).loan_won == 0
    assert books.won("interest") == 500
    assert books.account.orderable_won == 1_000_000 + 10_000 - 200 - 500 - 1_420
    assert [entry.reason for entry in books.ledger.of(OWNER)] == [
        "deposit", "reserve", "buy", "commit", "sell",
    ]  # fmt: skip
    assert books.balances()
