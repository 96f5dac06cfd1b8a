"""Let the market's trades reach the clients' resting orders, by price and time (가격·시간 우선).

Before each order stands a number of the market's shares (`Order.ahead`), as many as were visible
at its price when it came. A trade at that price takes those first, then the orders, first comer
first. Orders at a better price come before all of these, and trade at their own price.

Invariants: one trade of the market gives its clients no more shares than it had itself.

Known deviations: shares of the market before an order that are cancelled are not noticed until
the market leaves the price.
"""

from collections.abc import Sequence

from kiwoom_sim.exchange.orders import Order

Fill = tuple[Order, int, int]
"""An order, the quantity and the price at which it trades."""


def ranked(orders: Sequence[Order]) -> list[Order]:
    """Return orders of one side in the order in which they are served."""
    return sorted(
        orders,
        key=lambda order: (
            order.limit_won is not None,
            -order.sign * (order.limit_won or 0),
            order.entered_ms,
            order.number,
        ),
    )


def struck(orders: Sequence[Order], price_won: int, quantity: int) -> list[Fill]:
    """Return what a trade of the market does to resting orders of the side that it hit.

    Whoever made the trade met the orders with better prices first. The shares of the market that
    stand before orders at the price itself become fewer.

    Args:
        orders: Working orders of one side; those without a limit wait for a book.
        price_won: Price of the market's trade.
        quantity: Its shares; all orders share them.
    """
    fills: list[Fill] = []
    passed, left = 0, quantity
    for order in ranked(orders):
        if order.limit_won is None:
            continue
        if order.beats(price_won):
            ahead = 0
        elif order.limit_won == price_won:
            ahead = min(max(order.ahead - passed, 0), left)
            passed, left = passed + ahead, left - ahead
        else:
            break
        part = min(order.open, left)
        if part:
            fills.append((order, part, order.limit_won))
            left -= part
    for order in orders:
        if order.limit_won == price_won:
            order.ahead = max(order.ahead - passed, 0)
    return fills


def uncrossed(orders: Sequence[Order], price_won: int, ask_won: int, bid_won: int) -> list[Fill]:
    """Return what the single price of a call auction (단일가) does to orders of both sides.

    Orders that reach beyond the price trade in full. At the price itself, orders trade if the
    market has nothing left there on their side; otherwise they stand behind what is left.

    Args:
        orders: Working orders of both sides.
        price_won: Price of the auction.
        ask_won: Best ask right after it, 0 = none.
        bid_won: Best bid right after it, 0 = none.
    """
    fills: list[Fill] = []
    for order in ranked(orders):
        left_over = bid_won if order.sign > 0 else ask_won
        at_price = order.limit_won == price_won and left_over != price_won
        if order.beats(price_won) or at_price:
            fills.append((order, order.open, price_won))
    return fills
