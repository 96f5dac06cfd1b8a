"""An incoming order takes the best prices first, and no share twice."""

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.exchange.sweep import Match, Taken, sweep
from tests.exchange.making import book, working

BUY, SELL = Side.BUY, Side.SELL
ASKS = ((101, 10), (102, 20), (103, 30))
BIDS = ((100, 10), (99, 20), (98, 30))


def told(matches: list[Match]) -> list[tuple[int, int, int]]:
    """Return matches as (price, quantity, number of the other order or 0)."""
    return [(m.price_won, m.quantity, m.order.number if m.order else 0) for m in matches]


def test_a_market_order_walks_the_book() -> None:
    buy, sell = working(1, BUY, 40, None), working(1, SELL, 15, None)
    assert told(sweep(buy, book(ASKS, BIDS), Taken(), [], None)) == [
        (101, 10, 0), (102, 20, 0), (103, 10, 0),
    ]  # fmt: skip
    assert told(sweep(sell, book(ASKS, BIDS), Taken(), [], None)) == [(100, 10, 0), (99, 5, 0)]


def test_a_limit_ends_the_walk() -> None:
    order = working(1, BUY, 100, 102)
    assert told(sweep(order, book(ASKS, BIDS), Taken(), [], 102)) == [(101, 10, 0), (102, 20, 0)]
    assert sweep(order, book(ASKS, BIDS), Taken(), [], 100) == []


def test_an_empty_side_gives_nothing() -> None:
    assert sweep(working(1, BUY, 5, None), book(bids=BIDS), Taken(), [], None) == []


def test_shares_are_not_sold_twice_while_the_book_stands_still() -> None:
    taken, order = Taken(), working(1, BUY, 25, None)
    for price, quantity, _ in told(sweep(order, book(ASKS), taken, [], None)):
        taken.take(price, quantity)
    again = sweep(working(2, BUY, 25, None), book(ASKS), taken, [], None)
    assert told(again) == [(102, 5, 0), (103, 20, 0)]
    assert told(sweep(order, book(ASKS, time_ms=2), taken, [], None))[0] == (101, 10, 0)


def test_clients_orders_between_the_levels_come_in_turn() -> None:
    others = [working(8, SELL, 7, 100), working(9, SELL, 7, 102)]
    matches = sweep(working(10, BUY, 60, None), book(ASKS), Taken(), others, None)
    assert told(matches) == [
        (100, 7, 8), (101, 10, 0), (102, 7, 9), (102, 20, 0), (103, 16, 0),
    ]  # fmt: skip


def test_what_stood_before_a_clients_order_trades_before_it() -> None:
    others = [working(8, SELL, 7, 102, ahead=15), working(9, SELL, 7, 102, ahead=18)]
    matches = sweep(working(10, BUY, 100, 102), book(ASKS), Taken(), others, 102)
    assert told(matches) == [
        (101, 10, 0), (102, 15, 0), (102, 7, 8), (102, 3, 0), (102, 7, 9), (102, 2, 0),
    ]  # fmt: skip


def test_a_client_without_a_limit_is_not_met() -> None:
    assert sweep(working(2, BUY, 5, None), book(), Taken(), [working(1, SELL, 5, None)], None) == []


_LEVELS = st.lists(st.integers(1, 40), max_size=5)
_RESTING = st.lists(
    st.tuples(st.integers(98, 108), st.integers(1, 30), st.integers(0, 60)), max_size=5
)


@given(_LEVELS, _RESTING, st.lists(st.tuples(st.integers(1, 120), st.integers(99, 108)),
                                   min_size=1, max_size=5))  # fmt: skip
def test_sweeps_conserve_quantities_and_take_better_prices_first(
    levels: list[int], resting: list[tuple[int, int, int]], incoming: list[tuple[int, int]]
) -> None:
    market = book([(101 + place, quantity) for place, quantity in enumerate(levels)])
    others = [
        working(number, SELL, quantity, limit, ahead=ahead)
        for number, (limit, quantity, ahead) in enumerate(resting, 1)
    ]
    taken, sold = Taken(), dict.fromkeys(range(90, 120), 0)
    for number, (quantity, limit) in enumerate(incoming, 50):
        order = working(number, BUY, quantity, limit)
        offered = sum(o.open for o in others if o.is_open and order.reaches(o.limit_won or 0))
        offered += sum(
            quantity - sold[101 + place]
            for place, quantity in enumerate(levels)
            if order.reaches(101 + place)
        )
        matches = sweep(order, market, taken, [o for o in others if o.is_open], limit)
        prices = [match.price_won for match in matches]
        assert prices == sorted(prices)
        assert all(match.quantity > 0 for match in matches)
        assert sum(match.quantity for match in matches) == min(quantity, offered)
        for match in matches:
            if match.order is None:
                taken.take(match.price_won, match.quantity)
                sold[match.price_won] += match.quantity
            else:
                match.order.fill(match.quantity, match.price_won)
    assert all(sold[101 + place] <= quantity for place, quantity in enumerate(levels))
