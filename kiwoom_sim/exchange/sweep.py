"""Match an incoming order with what stands on the other side of the book.

The other side is the market's visible levels and the clients' resting orders. Prices come first;
at one price the market's shares that stood before a client's order trade before it.

What clients took from the market's levels is remembered for as long as the market's book stands
still, so that the same shares are not sold twice; with its next state the book is full again.

Known deviations: the market's book ends after ten levels; an order that takes them all rests.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.exchange.orders import Order
from kiwoom_sim.market.records import Book, Level


class Match(Struct, frozen=True):
    """Hold one trade of an incoming order: with a client's order, or the market if it is None."""

    price_won: int
    quantity: int
    order: Order | None


class Taken:
    """Remember what clients took from the visible levels of one book."""

    def __init__(self) -> None:
        self._state_ms = -1
        self._quantities: dict[int, int] = {}

    def left(self, book: Book, levels: Sequence[Level]) -> list[tuple[int, int]]:
        """Return (price, quantity) of levels without what was taken since the book changed."""
        if book.time_ms != self._state_ms:
            self._state_ms, self._quantities = book.time_ms, {}
        return [
            (level.price, level.quantity - self._quantities.get(level.price, 0))
            for level in levels
            if level.price
        ]

    def take(self, price_won: int, quantity: int) -> None:
        """Note that clients took shares at a price."""
        self._quantities[price_won] = self._quantities.get(price_won, 0) + quantity


def sweep(
    order: Order, book: Book, taken: Taken, resting: Iterable[Order], limit_won: int | None
) -> list[Match]:
    """Return the trades of an incoming order, best price first; changes nothing.

    Args:
        order: The incoming order; its open shares are the most that trades.
        book: The market's book.
        taken: What clients took from it already.
        resting: Clients' orders of the other side, in order of time.
        limit_won: Worst price, None = any.
    """
    levels = book.asks if order.asked.side is Side.BUY else book.bids
    visible = dict(taken.left(book, levels))
    clients: dict[int, list[Order]] = {}
    for other in resting:
        if other.limit_won is not None:
            clients.setdefault(other.limit_won, []).append(other)
    prices = sorted({*visible, *clients}, reverse=order.sign < 0)
    matches: list[Match] = []
    wanted = order.open
    for price in prices:
        if not wanted or (limit_won is not None and order.sign * (limit_won - price) < 0):
            break
        for match in _at_price(price, visible.get(price, 0), clients.get(price, ()), wanted):
            matches.append(match)
            wanted -= match.quantity
    return matches


def _at_price(price_won: int, visible: int, clients: Sequence[Order], wanted: int) -> list[Match]:
    """Return the trades at one price, in order of the queue."""
    matches: list[Match] = []
    passed = 0
    for order in clients:
        before = min(max(order.ahead - passed, 0), visible - passed, wanted)
        if before > 0:
            matches.append(Match(price_won, before, None))
            passed, wanted = passed + before, wanted - before
        part = min(order.open, wanted)
        if part:
            matches.append(Match(price_won, part, order))
            wanted -= part
    rest = min(visible - passed, wanted)
    if rest > 0:
        matches.append(Match(price_won, rest, None))
    return matches
