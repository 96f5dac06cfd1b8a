"""Take orders from REST calls: the body becomes a command, the desk's word becomes the answer.

Layout: `COMMANDS` maps the `command` of a catalogue file to the function that reads its body. A
declined order is answered with the code and text that the environment uses for its reason
(`_CODES`); nothing has changed then.

Not for: tokens, limits, required fields, which the gateway checks first.

Source:
    Order pages of the Kiwoom REST API guide; refusals and success texts as published by clients,
    see `data/refusals.toml`.
"""

from collections.abc import Callable

from msgspec import Struct

from kiwoom_sim.accounts.account import lot_of
from kiwoom_sim.accounts.fees import Environment
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.orders import Accepted, AmendOrder, CancelOrder
from kiwoom_sim.exchange.checks import Declined, Reason
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.protocol.calls import Call, bad_value
from kiwoom_sim.protocol.refusals import Refused

Asked = PlaceOrder | AmendOrder | CancelOrder

_WORDS = {"buy": "매수", "sell": "매도", "amend": "정정", "cancel": "취소"}
_UNKNOWN_TYPE = Refused("407022")
_DIGITS_MAX = 10

_CODES: dict[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_SYMBOL: ("1902", "1902"),
    Reason.BAD_QUANTITY: ("570004", "570004"),
    Reason.TYPE_NOT_THERE: ("407022", "407022"),
    Reason.NOT_ON_VENUE: ("570002", "RC9000"),
    Reason.PRICE_MISSING: ("571557", "571557"),
    Reason.PRICE_GIVEN: ("571557", "571557"),
    Reason.PRICE_AT_CLOSE: ("571357", "571357"),
    Reason.TRIGGER_MISSING: ("571557", "571557"),
    Reason.BEFORE_SESSION: ("570006", "RC4057"),
    Reason.AFTER_SESSION: ("570006", "RC4058"),
    Reason.TYPE_NOT_NOW: ("521790", "521790"),
    Reason.HALTED: ("570001", "RC4007"),
    Reason.CIRCUIT_BREAKER: ("509193", "509193"),
    Reason.OFF_TICK: ("571557", "RC4003"),
    Reason.BEYOND_LIMITS: ("570005", "RC4027"),
    Reason.NOT_ENOUGH_CASH: ("855056", "RC4025"),
    Reason.NOT_ENOUGH_SHARES: ("800033", "570008"),
    Reason.NO_CREDIT: ("570009", "570009"),
    Reason.UNKNOWN_ORDER: ("570003", "570003"),
    Reason.OTHER_VENUE: ("571412", "571412"),
    Reason.IS_A_CANCEL: ("571435", "571435"),
    Reason.NOTHING_OPEN: ("506550", "506550"),
    Reason.UNCHANGED_TYPE: ("570007", "570007"),
}
"""Code of each reason in the real and in the demo environment."""


class OrderReply(Struct, frozen=True, kw_only=True):
    """Hold what the answer to an accepted order shows.

    Attributes:
        number: Order number as text, seven digits.
        first: Number of the first order of the chain, likewise.
        quantity: Shares that an amendment or a cancel is about.
        destination: Where the order was sent.
    """

    number: str
    first: str
    quantity: int
    destination: str


class Taken(Struct, frozen=True, kw_only=True):
    """Hold an accepted order as it is answered.

    Attributes:
        text: What `return_msg` says.
    """

    reply: OrderReply
    text: str


def number_text(number: int) -> str:
    """Return an order number as the wire shows it: seven digits."""
    return f"{number:07d}"


def give(
    command: str, call: Call, owner: int, desk: Desk, now: int, environment: Environment
) -> Taken | Refused:
    """Give an order to the desk; return the answer, or why it was refused.

    Args:
        command: One of `COMMANDS`.
        call: What the client sent.
        owner: Ordinal of the caller's app key.
        desk: Takes the order.
        now: Market time.
        environment: Environment whose words are used.

    Raises:
        NotReady: The market has to be generated first; nothing was taken.
    """
    try:
        asked = COMMANDS[command](_Body(call, owner))
    except _WrongError as wrong:
        return wrong.refused
    if environment == "demo" and asked.destination is not Destination.KRX:
        return Refused("RC9000")
    outcome: Accepted | Declined
    match asked:
        case PlaceOrder():
            outcome = desk.place(asked, now)
        case AmendOrder():
            outcome = desk.amend(asked, now)
        case CancelOrder():
            outcome = desk.cancel(asked, now)
    if isinstance(outcome, Declined):
        return _refusal(outcome, asked.symbol, environment)
    venue = asked.destination.value
    reply = OrderReply(
        number=number_text(outcome.number),
        first=number_text(outcome.first),
        quantity=outcome.quantity,
        destination=venue,
    )
    word = _WORDS[command]
    text = (
        f"모의투자 {word}주문완료"
        if environment == "demo"
        else f"{venue} {word}주문이 완료되었습니다."
    )
    return Taken(reply=reply, text=text)


def _refusal(declined: Declined, symbol: str, environment: Environment) -> Refused:
    code = _CODES[declined.reason][environment == "demo"]
    return Refused(code, {"qty": str(declined.possible), "stk_cd": symbol})


def _place(side: Side) -> Callable[["_Body"], PlaceOrder]:
    def read(body: _Body) -> PlaceOrder:
        kind = ORDER_TYPES.get(body.text("trde_tp"))
        if kind is None:
            raise _WrongError(_UNKNOWN_TYPE)
        symbol = body.text("stk_cd")
        return PlaceOrder(
            owner=body.owner, symbol=symbol, lot=lot_of(symbol), side=side, type=kind,
            destination=body.destination(), quantity=body.number("ord_qty"),
            price_won=body.number("ord_uv") or None,
            trigger_won=(body.number("cond_uv") or None) if kind.needs_trigger else None,
        )  # fmt: skip

    return read


def _amend(body: "_Body") -> AmendOrder:
    return AmendOrder(
        owner=body.owner, original=body.number("orig_ord_no"), symbol=body.text("stk_cd"),
        destination=body.destination(), quantity=body.number("mdfy_qty"),
        price_won=body.number("mdfy_uv"), trigger_won=body.number("mdfy_cond_uv") or None,
    )  # fmt: skip


def _cancel(body: "_Body") -> CancelOrder:
    return CancelOrder(
        owner=body.owner, original=body.number("orig_ord_no"), symbol=body.text("stk_cd"),
        destination=body.destination(), quantity=body.number("cncl_qty"),
    )  # fmt: skip


class _WrongError(Exception):
    """Carry the refusal of a body that cannot be read; never leaves this module."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        super().__init__(refused.code)


class _Body:
    """Read the fields of an order's body."""

    def __init__(self, call: Call, owner: int) -> None:
        self._call = call
        self.owner = owner

    def text(self, name: str) -> str:
        return self._call.text(name)

    def number(self, name: str) -> int:
        """Return a whole number; an empty field is 0.

        Raises:
            _WrongError: It is none, or out of all proportion.
        """
        text = self.text(name) or "0"
        if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
            raise _WrongError(bad_value(name, "숫자 형식 오류"))
        return int(text)

    def destination(self) -> Destination:
        """Return where the order goes.

        Raises:
            _WrongError: There is no such venue.
        """
        text = self.text("dmst_stex_tp")
        if text not in Destination.__members__:
            raise _WrongError(bad_value("dmst_stex_tp", "거래소구분 오류"))
        return Destination[text]


COMMANDS: dict[str, Callable[[_Body], Asked]] = {
    "buy": _place(Side.BUY),
    "sell": _place(Side.SELL),
    "amend": _amend,
    "cancel": _cancel,
}
"""Orders that a catalogue file may give with its `command`."""
