"""Hold one order over its life (주문), and name what happens to it.

An order is *waiting* (for its session or its trigger), *working* (in the book) or *done*. Its
number never changes; an amended part goes on as a new order that names the old one.
"""

from enum import Enum

from msgspec import Struct

from kiwoom_sim.exchange.order_types import Destination, OrderType, Side


class State(Enum):
    """Say where an order stands in its life."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"


class PlaceOrder(Struct, frozen=True, kw_only=True):
    """Ask for a new order (주문).

    Attributes:
        owner: Ordinal of the app key whose account it is for.
        lot: What is bought or sold: a stock code, or a lot on credit.
        price_won: Limit price, None if none was given.
        trigger_won: Trigger price (조건단가) of a stop order, None if none was given.
        on_credit: Whether a loan pays for the purchase.
    """

    owner: int
    symbol: str
    lot: str
    side: Side
    type: OrderType
    destination: Destination
    quantity: int
    price_won: int | None = None
    trigger_won: int | None = None
    on_credit: bool = False


class Order:
    """Hold an accepted order.

    Attributes:
        number: Number that the broker gave it, at least 1.
        asked: What was asked for.
        entered_ms: Market time at which it was accepted; with `number` its place in the queue.
        original: Number of the order that it was amended from, 0 for none.
        first: Number of the first order of such a chain; its own number if it is the first.
        limit_won: Worst price at which it may trade; None = any.
        open: Shares that may still be traded.
        filled: Shares that were traded.
        paid_won: Turnover of its fills.
        ahead: Shares of the market that stand before it at its price.
        lapses_ms: Market time at which it lapses.
    """

    __slots__ = (
        "ahead", "asked", "entered_ms", "filled", "first", "lapses_ms", "limit_won", "number",
        "open", "original", "paid_won", "quantity", "state",
    )  # fmt: skip

    def __init__(
        self, number: int, asked: PlaceOrder, entered_ms: int, original: "Order | None" = None
    ) -> None:
        self.number = number
        self.asked = asked
        self.entered_ms = entered_ms
        self.original = original.number if original is not None else 0
        self.first: int = original.first if original is not None else number
        self.quantity = asked.quantity
        self.limit_won = asked.price_won
        self.open = asked.quantity
        self.filled = 0
        self.paid_won = 0
        self.ahead = 0
        self.lapses_ms = 0
        self.state = State.WAITING

    @property
    def sign(self) -> int:
        """Return 1 for a purchase, -1 for a sale."""
        return self.asked.side.sign

    @property
    def works(self) -> bool:
        """Say whether it stands in the book."""
        return self.state is State.WORKING

    @property
    def is_open(self) -> bool:
        """Say whether it may still be traded."""
        return self.state is not State.DONE

    def reaches(self, price_won: int) -> bool:
        """Say whether it may trade at a price."""
        return self.limit_won is None or self.sign * (self.limit_won - price_won) >= 0

    def beats(self, price_won: int) -> bool:
        """Say whether it offers a better price than another one: it is served first."""
        return self.limit_won is None or self.sign * (self.limit_won - price_won) > 0

    def fill(self, quantity: int, price_won: int) -> None:
        """Trade some of it."""
        assert 0 < quantity <= self.open
        self.open -= quantity
        self.filled += quantity
        self.paid_won += quantity * price_won
        if not self.open:
            self.state = State.DONE

    def reduce(self, quantity: int) -> None:
        """Take some of its open shares away: cancelled, or moved to another order."""
        assert 0 < quantity <= self.open
        self.open -= quantity
        if not self.open:
            self.state = State.DONE


class Filled(Struct, frozen=True, kw_only=True):
    """Tell that shares of an order were traded (체결).

    Attributes:
        time_ms: Market time of the trade.
        open_before: Shares of the order that were open before it.
    """

    time_ms: int
    order: Order
    price_won: int
    quantity: int
    open_before: int


class Triggered(Struct, frozen=True, kw_only=True):
    """Tell that a stop order became a limit order, or a conditional one a market order."""

    time_ms: int
    order: Order


class Expired(Struct, frozen=True, kw_only=True):
    """Tell that the open shares of an order lapsed: its session ended, or it had one instant.

    Attributes:
        quantity: Shares that were still open.
    """

    time_ms: int
    order: Order
    quantity: int


Happening = Filled | Triggered | Expired
