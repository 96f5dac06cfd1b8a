"""Make orders and books for tests of the exchange."""

from collections.abc import Sequence

from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import Order, PlaceOrder, State
from kiwoom_sim.market.records import Book, Level

CODE = "005930"


def ask_for(
    side: Side,
    quantity: int,
    price_won: int | None = None,
    *,
    type_code: str = "0",
    to: Destination = Destination.KRX,
    trigger_won: int | None = None,
    owner: int = 1,
    symbol: str = CODE,
) -> PlaceOrder:
    return PlaceOrder(
        owner=owner, symbol=symbol, lot=symbol, side=side, type=ORDER_TYPES[type_code],
        destination=to, quantity=quantity, price_won=price_won, trigger_won=trigger_won,
    )  # fmt: skip


def working(
    number: int,
    side: Side,
    quantity: int,
    limit_won: int | None,
    *,
    ahead: int = 0,
    entered_ms: int = 0,
) -> Order:
    """Return an order that stands in the book."""
    order = Order(number, ask_for(side, quantity, limit_won), entered_ms)
    order.state, order.ahead = State.WORKING, ahead
    return order


def book(
    asks: Sequence[tuple[int, int]] = (), bids: Sequence[tuple[int, int]] = (), time_ms: int = 1
) -> Book:
    """Return a book of (price, quantity) levels."""

    def side(levels: Sequence[tuple[int, int]]) -> tuple[Level, ...]:
        full = tuple(Level(price, quantity, 0) for price, quantity in levels)
        return full + (Level(0, 0, 0),) * (10 - len(full))

    return Book(
        code=CODE, time_ms=time_ms, asks=side(asks), bids=side(bids), ask_total=0, bid_total=0,
        ask_total_change=0, bid_total_change=0, base=0, last=0, volume=0, expected_price=0,
        expected_quantity=0,
    )  # fmt: skip
