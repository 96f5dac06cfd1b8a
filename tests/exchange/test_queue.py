"""Trades of the market reach the clients' orders by price, then time, and never too often."""

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.exchange.orders import Order
from kiwoom_sim.exchange.queue import Fill, ranked, struck, uncrossed
from tests.exchange.making import working

BUY, SELL = Side.BUY, Side.SELL


def told(fills: list[Fill]) -> list[tuple[int, int, int]]:
    """Return fills as (order number, quantity, price)."""
    return [(order.number, quantity, price) for order, quantity, price in fills]


def test_better_prices_come_first_then_older_orders() -> None:
    orders = [
        working(3, BUY, 1, 100), working(1, BUY, 1, 99), working(2, BUY, 1, 100, entered_ms=5),
        working(4, BUY, 1, None),
    ]  # fmt: skip
    assert [order.number for order in ranked(orders)] == [4, 3, 2, 1]
    sales = [working(1, SELL, 1, 101), working(2, SELL, 1, 100)]
    assert [order.number for order in ranked(sales)] == [2, 1]


def test_older_order_fills_first_at_same_price() -> None:
    orders = [working(1, BUY, 10, 100), working(2, BUY, 10, 100)]
    assert told(struck(orders, 100, 15)) == [(1, 10, 100), (2, 5, 100)]


def test_shares_that_stood_before_an_order_trade_before_it() -> None:
    order = working(1, SELL, 10, 100, ahead=25)
    assert struck([order], 100, 20) == []
    assert order.ahead == 5
    assert told(struck([order], 100, 8)) == [(1, 3, 100)]
    assert order.ahead == 0


def test_later_orders_wait_for_the_shares_between_them_too() -> None:
    orders = [working(1, BUY, 10, 100, ahead=5), working(2, BUY, 10, 100, ahead=30)]
    assert told(struck(orders, 100, 20)) == [(1, 10, 100)]
    assert [order.ahead for order in orders] == [0, 20]  # 5 before both, 5 between them
    orders[0].fill(10, 100)
    assert told(struck(orders[1:], 100, 21)) == [(2, 1, 100)]


def test_a_trade_at_a_worse_price_met_the_better_orders_first_at_their_own_price() -> None:
    orders = [working(1, BUY, 10, 101, ahead=50), working(2, BUY, 10, 100, ahead=1)]
    assert told(struck(orders, 100, 12)) == [(1, 10, 101), (2, 1, 100)]


def test_a_trade_does_not_reach_orders_beyond_its_price() -> None:
    assert struck([working(1, BUY, 10, 99)], 100, 50) == []
    assert struck([working(1, SELL, 10, 101)], 100, 50) == []


def test_orders_without_a_limit_wait_for_a_book() -> None:
    assert struck([working(1, BUY, 10, None)], 100, 50) == []


def test_an_auction_fills_what_reaches_beyond_its_price_in_full() -> None:
    """KRX rules by hand: 900 wanted and 700 offered at 100 or better, so buyers are left at 100."""
    orders = [
        working(1, BUY, 400, None), working(2, BUY, 300, 101), working(3, BUY, 200, 100),
        working(4, BUY, 50, 99), working(5, SELL, 500, 98), working(6, SELL, 200, 100),
        working(7, SELL, 10, 102),
    ]  # fmt: skip
    fills = uncrossed(orders, 100, ask_won=101, bid_won=100)
    assert sorted(told(fills)) == [
        (1, 400, 100), (2, 300, 100), (5, 500, 100), (6, 200, 100),
    ]  # fmt: skip


def test_orders_at_the_auction_price_trade_if_nothing_is_left_there_on_their_side() -> None:
    buy, sell = working(1, BUY, 10, 100), working(2, SELL, 10, 100)
    assert told(uncrossed([buy, sell], 100, ask_won=100, bid_won=99)) == [(1, 10, 100)]
    assert told(uncrossed([buy, sell], 100, ask_won=101, bid_won=100)) == [(2, 10, 100)]
    assert len(uncrossed([buy, sell], 100, ask_won=101, bid_won=99)) == 2


_ORDERS = st.lists(
    st.builds(
        lambda limit, quantity, ahead: (limit, quantity, ahead),
        st.integers(95, 105), st.integers(1, 30), st.integers(0, 40),
    ),
    max_size=8,
)  # fmt: skip


@given(_ORDERS, st.lists(st.tuples(st.integers(95, 105), st.integers(1, 60)), max_size=6),
       st.sampled_from(Side))  # fmt: skip
def test_no_trade_gives_more_shares_than_it_had(
    drawn: list[tuple[int, int, int]], prints: list[tuple[int, int]], side: Side
) -> None:
    orders = [
        working(number, side, quantity, limit, ahead=ahead)
        for number, (limit, quantity, ahead) in enumerate(drawn, 1)
    ]
    for price, quantity in prints:
        standing = [order for order in orders if order.is_open]
        before = {order.number: order.ahead for order in standing}
        fills = struck(standing, price, quantity)
        passed = max((before[o.number] - o.ahead for o in standing), default=0)
        assert sum(part for _, part, _ in fills) + passed <= quantity
        check_priority(standing, fills, price)
        for order, part, at in fills:
            assert at == order.limit_won
            order.fill(part, at)
        assert all(order.open + order.filled == order.quantity for order in orders)


def check_priority(standing: list[Order], fills: list[Fill], price: int) -> None:
    """Whoever comes before a filled order is filled in full, or was behind the market."""
    parts = {order.number: part for order, part, _ in fills}
    queue = [order for order in ranked(standing) if order.reaches(price)]
    filled = [parts.get(order.number, 0) for order in queue]
    last = max((place for place, part in enumerate(filled) if part), default=-1)
    for order, part in zip(queue[: max(last, 0)], filled, strict=False):
        assert part == order.open
