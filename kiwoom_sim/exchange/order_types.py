"""Know the order types (매매구분): how each is priced, where and when it may be sent.

Layout: one row per type; the code is the broker's `trde_tp`.

Source:
    Order pages of the Kiwoom REST API guide; venues and sessions of the exchanges' rules.
"""

from enum import Enum

from msgspec import Struct

from kiwoom_sim.market.records import Phase, Venue


class Side(Enum):
    """Say which way an order goes."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Return 1 for a purchase, -1 for a sale."""
        return 1 if self is Side.BUY else -1


class Destination(Enum):
    """Say where an order was sent (거래소구분); SOR chooses the venue itself."""

    KRX = "KRX"
    NXT = "NXT"
    SOR = "SOR"


VENUES = {Destination.KRX: Venue.KRX, Destination.NXT: Venue.NXT, Destination.SOR: Venue.ALL}
"""Where orders of each destination meet."""


class Pricing(Enum):
    """Say how an order gets its price.

    `best` takes the best price of the other side, `own_best` that of its own side, `middle` lies
    between both and follows them, `close` trades at the closing price only.
    """

    LIMIT = "limit"
    MARKET = "market"
    BEST = "best"
    OWN_BEST = "own_best"
    MIDDLE = "middle"
    CLOSE = "close"


class Life(Enum):
    """Say how long an order lives: the session, an instant (IOC), or all of it at once (FOK)."""

    SESSION = "session"
    AT_ONCE = "at_once"
    ALL_OR_NOTHING = "all_or_nothing"


class OrderType(Struct, frozen=True, kw_only=True):
    """Describe one order type.

    Attributes:
        code: The broker's code.
        name: The broker's name for it.
        needs_price: Whether a price has to be given; it must not be given otherwise.
        needs_trigger: Whether a trigger price (조건단가) has to be given.
        to: Where it may be sent.
        phases: When it may be sent to the exchange.
        turns_to_market: Whether it becomes a market order in the closing auction.
    """

    code: str
    name: str
    pricing: Pricing
    needs_price: bool
    to: tuple[Destination, ...]
    phases: tuple[Phase, ...]
    life: Life = Life.SESSION
    needs_trigger: bool = False
    turns_to_market: bool = False

    @property
    def needs_book(self) -> bool:
        """Say whether a call auction does not take it: it needs a book that trades."""
        return self.phases == _MOVING


_KRX, _NXT, _SOR = Destination.KRX, Destination.NXT, Destination.SOR
_ANYWHERE = (_KRX, _NXT, _SOR)
_REGULAR = (Phase.OPENING_AUCTION, Phase.CONTINUOUS, Phase.CLOSING_AUCTION)
_MOVING = (Phase.CONTINUOUS,)


def _row(
    code: str,
    name: str,
    pricing: Pricing,
    to: tuple[Destination, ...] = _ANYWHERE,
    phases: tuple[Phase, ...] = _MOVING,
    life: Life = Life.SESSION,
) -> OrderType:
    return OrderType(
        code=code, name=name, pricing=pricing, to=to, phases=phases, life=life,
        needs_price=pricing is Pricing.LIMIT,
        needs_trigger=code == "28",
        turns_to_market=code == "5",
    )  # fmt: skip


_ROWS = (
    _row("0", "보통", Pricing.LIMIT, phases=(*_REGULAR, Phase.AFTER_MARKET)),
    _row("3", "시장가", Pricing.MARKET, (_KRX, _SOR), _REGULAR),
    _row("5", "조건부지정가", Pricing.LIMIT, (_KRX,), _REGULAR[:2]),
    _row("6", "최유리지정가", Pricing.BEST),
    _row("7", "최우선지정가", Pricing.OWN_BEST),
    _row("10", "보통(IOC)", Pricing.LIMIT, life=Life.AT_ONCE),
    _row("13", "시장가(IOC)", Pricing.MARKET, life=Life.AT_ONCE),
    _row("16", "최유리(IOC)", Pricing.BEST, life=Life.AT_ONCE),
    _row("20", "보통(FOK)", Pricing.LIMIT, life=Life.ALL_OR_NOTHING),
    _row("23", "시장가(FOK)", Pricing.MARKET, life=Life.ALL_OR_NOTHING),
    _row("26", "최유리(FOK)", Pricing.BEST, life=Life.ALL_OR_NOTHING),
    _row("28", "스톱지정가", Pricing.LIMIT, (_KRX, _NXT)),
    _row("29", "중간가", Pricing.MIDDLE, (_KRX, _NXT)),
    _row("30", "중간가(IOC)", Pricing.MIDDLE, (_KRX, _NXT), life=Life.AT_ONCE),
    _row("31", "중간가(FOK)", Pricing.MIDDLE, (_KRX, _NXT), life=Life.ALL_OR_NOTHING),
    _row("61", "장시작전시간외", Pricing.CLOSE, (_KRX,), (Phase.OPENING_AUCTION,)),
    _row("62", "시간외단일가", Pricing.LIMIT, (_KRX,), (Phase.SINGLE_PRICE,)),
    _row("81", "장마감후시간외", Pricing.CLOSE, phases=(Phase.AFTER_CLOSE, Phase.CLOSING_PRICE)),
)

ORDER_TYPES: dict[str, OrderType] = {row.code: row for row in _ROWS}
"""All order types by their code."""
