"""Name what a client may ask of the order desk, and what it is told: orders as others see them.

Not for: how orders live (`exchange.orders`).
"""

from typing import Literal

from msgspec import Struct

from kiwoom_sim.accounts.account import Position
from kiwoom_sim.exchange.order_types import Destination, Side

Action = Literal["new", "amend", "cancel"]
Status = Literal["accepted", "filled", "confirmed", "cancelled", "lapsed"]


class AmendOrder(Struct, frozen=True, kw_only=True):
    """Ask for another price for open shares of an order (정정).

    Attributes:
        original: Number of the order.
        quantity: Shares that get the price; 0 = all that are open.
    """

    owner: int
    original: int
    symbol: str
    destination: Destination
    quantity: int
    price_won: int
    trigger_won: int | None = None


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Ask for an order to be taken back (취소).

    Attributes:
        original: Number of the order.
        quantity: Shares to take back; 0 = all that are open.
    """

    owner: int
    original: int
    symbol: str
    destination: Destination
    quantity: int


class Accepted(Struct, frozen=True, kw_only=True):
    """Tell that something was accepted.

    Attributes:
        number: Its own order number.
        first: Number of the first order of the chain that it belongs to.
        quantity: Shares that it is about.
    """

    number: int
    first: int
    quantity: int


class OrderLine(Struct, frozen=True, kw_only=True):
    """Hold one order as it stands, for whoever lists orders.

    Attributes:
        number: Order number.
        original: Number of the order that it amends or cancels, 0 for none.
        action: What was asked for.
        type_code: The broker's order type.
        price_won: Limit price, 0 for none.
        trigger_won: Trigger price, 0 for none.
        open: Shares that may still be traded.
        filled: Shares that were traded.
        paid_won: Turnover of its fills.
        confirmed: Shares that an amendment or a cancel took effect for.
        commission_won: Commission of its fills.
        tax_won: Tax on its fills.
        last_price_won: Price of its newest fill, 0 for none.
        last_quantity: Shares of it.
        fill_number: Number of it in the run, 0 for none.
        entered_ms: Market time of its acceptance.
        changed_ms: Market time of the newest change.
        status: The newest change.
        loan_day: Day of the loan that pays for it, 0 for none.
    """

    owner: int
    number: int
    original: int
    action: Action
    symbol: str
    side: Side
    type_code: str
    destination: Destination
    quantity: int
    price_won: int
    trigger_won: int
    open: int
    filled: int
    paid_won: int
    confirmed: int
    commission_won: int
    tax_won: int
    last_price_won: int
    last_quantity: int
    fill_number: int
    entered_ms: int
    changed_ms: int
    status: Status
    loan_day: int = 0


class Notice(Struct, frozen=True, kw_only=True):
    """Tell the owner of an account that an order changed.

    Attributes:
        line: The order right after the change.
        position: What the account then has of the symbol, where a fill changed it.
    """

    time_ms: int
    line: OrderLine
    position: Position | None = None
