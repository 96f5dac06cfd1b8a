"""Name the records that account pushes are rendered from: order confirmations (00), balances (04).

They are made from what the desk noted, and from the quote at that moment. None prints as an empty
text.

Source:
    Real-time pages 00 and 04 of the Kiwoom REST API guide; order of the frames as clients saw it.
"""

from msgspec import Struct

from kiwoom_sim.accounts.account import Position
from kiwoom_sim.engine.orders import Notice, OrderLine
from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.market.records import Quote
from kiwoom_sim.protocol.orders import number_text

STATUS_WORDS = {
    "accepted": "접수",
    "filled": "체결",
    "confirmed": "확인",
    "cancelled": "취소",
    "lapsed": "취소",
}
SIDE_WORDS = {Side.BUY: "매수", Side.SELL: "매도"}
SIDE_SIGNS = {Side.BUY: "+", Side.SELL: "-"}
SIDE_CODES = {Side.SELL: "1", Side.BUY: "2"}
ACTION_WORDS = {"new": "", "amend": "정정", "cancel": "취소"}
VENUE_CODES = {Destination.SOR: "0", Destination.KRX: "1", Destination.NXT: "2"}
VENUE_WORDS = {Destination.SOR: "통합", Destination.KRX: "KRX", Destination.NXT: "NXT"}
NO_ORDER = "0000000"


def order_word(line: OrderLine) -> str:
    """Return what was asked for, with the colour sign of its side (`+매수`, `-매도정정`)."""
    return SIDE_SIGNS[line.side] + SIDE_WORDS[line.side] + ACTION_WORDS[line.action]


def type_word(line: OrderLine) -> str:
    """Return the broker's name of an order's type."""
    return ORDER_TYPES[line.type_code].name


class OrderPush(Struct, frozen=True, kw_only=True):
    """Hold one order confirmation (주문체결, 00)."""

    line: OrderLine
    account: str
    name: str
    base: int
    last: int
    ask: int
    bid: int

    @property
    def number(self) -> str:
        """Return the order number."""
        return number_text(self.line.number)

    @property
    def original(self) -> str:
        """Return the number of the original order, zeros without one."""
        return number_text(self.line.original)

    @property
    def symbol(self) -> str:
        """Return the stock code."""
        return self.line.symbol

    @property
    def status(self) -> str:
        """Return what became of the order (주문상태)."""
        return STATUS_WORDS[self.line.status]

    @property
    def quantity(self) -> int:
        """Return the shares that were ordered."""
        return self.line.quantity

    @property
    def price(self) -> int:
        """Return the limit price, 0 without one."""
        return self.line.price_won

    @property
    def open(self) -> int:
        """Return the shares that are open."""
        return self.line.open

    @property
    def paid(self) -> int:
        """Return the turnover so far."""
        return self.line.paid_won

    @property
    def order_word(self) -> str:
        """Return what was asked for."""
        return order_word(self.line)

    @property
    def type_word(self) -> str:
        """Return the order's type in words."""
        return type_word(self.line)

    @property
    def side_code(self) -> str:
        """Return 1 for a sale, 2 for a purchase."""
        return SIDE_CODES[self.line.side]

    @property
    def time_ms(self) -> int:
        """Return when it changed."""
        return self.line.changed_ms

    @property
    def is_fill(self) -> bool:
        """Say whether it tells of a fill."""
        return self.line.status == "filled"

    @property
    def fill_number(self) -> str | None:
        """Return the number of the fill."""
        return str(self.line.fill_number) if self.is_fill else None

    @property
    def fill_price(self) -> int | None:
        """Return the price of the fill."""
        return self.line.last_price_won if self.is_fill else None

    @property
    def fill_quantity(self) -> int | None:
        """Return how many shares the order has filled so far (체결량)."""
        return self.line.filled if self.is_fill else None

    @property
    def unit_price(self) -> int | None:
        """Return the price of this fill alone (단위체결가)."""
        return self.fill_price

    @property
    def unit_quantity(self) -> int | None:
        """Return the shares of this fill alone (단위체결량)."""
        return self.line.last_quantity if self.is_fill else None

    @property
    def commission(self) -> int:
        """Return the commission of the order's fills."""
        return self.line.commission_won

    @property
    def tax(self) -> int:
        """Return the tax on the order's fills."""
        return self.line.tax_won

    @property
    def venue_code(self) -> str:
        """Return where it was sent, as a code."""
        return VENUE_CODES[self.line.destination]

    @property
    def venue_word(self) -> str:
        """Return where it was sent, in words."""
        return VENUE_WORDS[self.line.destination]

    @property
    def is_sor(self) -> str:
        """Return Y for an order that chooses its venue itself."""
        return "Y" if self.line.destination is Destination.SOR else "N"


class BalancePush(Struct, frozen=True, kw_only=True):
    """Hold what an account has of one symbol after a fill (잔고, 04).

    Attributes:
        bought_today: Net purchase of the day in shares.
    """

    position: Position
    account: str
    name: str
    side: Side
    base: int
    last: int
    ask: int
    bid: int
    bought_today: int

    @property
    def symbol(self) -> str:
        """Return the stock code."""
        return self.position.symbol

    @property
    def quantity(self) -> int:
        """Return the shares held."""
        return self.position.quantity

    @property
    def average(self) -> int:
        """Return the average price."""
        return self.position.average_won

    @property
    def cost(self) -> int:
        """Return what the shares cost."""
        return self.position.cost_won

    @property
    def free(self) -> int:
        """Return the shares that may be sold."""
        return self.position.free

    @property
    def side_code(self) -> str:
        """Return 1 for a sale, 2 for a purchase."""
        return SIDE_CODES[self.side]


def order_push(notice: Notice, statement: Statement, name: str, quote: Quote) -> OrderPush:
    """Return the confirmation of a notice."""
    return OrderPush(
        line=notice.line, account=statement.number, name=name, base=quote.base, last=quote.last,
        ask=quote.ask, bid=quote.bid,
    )  # fmt: skip


def balance_push(
    notice: Notice, position: Position, statement: Statement, name: str, quote: Quote
) -> BalancePush:
    """Return what is held of a symbol after a fill."""
    today = sum(
        (line.filled if line.side is Side.BUY else -line.filled)
        for line in statement.lines
        if line.symbol == position.symbol
    )
    return BalancePush(
        position=position, account=statement.number, name=name, side=notice.line.side,
        base=quote.base, last=quote.last, ask=quote.ask, bid=quote.bid, bought_today=today,
    )  # fmt: skip
