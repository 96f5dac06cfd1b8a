"""Answer the lists of an account's orders: open ones (미체결), filled ones (체결), all of a day.

Source:
    Pages ka10075, ka10076, kt00007 and kt00009 of the Kiwoom REST API guide. An account without
    open orders, or without any for kt00009, is an error there (571758, 501724), as clients saw.
"""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from kiwoom_sim.core.clock import day_of, parse_day, time_of_day
from kiwoom_sim.engine.orders import OrderLine
from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.engine.views import Views
from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.market.records import Quote
from kiwoom_sim.protocol.calls import Call, Query, Result, bad_value
from kiwoom_sim.protocol.confirmations import (
    ACTION_WORDS,
    NO_ORDER,
    SIDE_WORDS,
    STATUS_WORDS,
    VENUE_CODES,
    VENUE_WORDS,
    order_word,
    type_word,
)
from kiwoom_sim.protocol.orders import number_text
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

NOTHING_OPEN = Refused("571758")
NOTHING_FOUND = Refused("501724")

_SIDES = {"1": Side.SELL, "2": Side.BUY}
_VENUES = {"1": Destination.KRX, "2": Destination.NXT}
_LETTERS = {"ELW": "J", "ETN": "Q"}


class Turnover(Struct, frozen=True, kw_only=True):
    """Hold what was traded in won: sold, bought, together."""

    sold: int
    bought: int

    @property
    def total(self) -> int:
        """Return both together."""
        return self.sold + self.bought


class OrderRow(Struct, frozen=True, kw_only=True):
    """Hold one order as a list shows it.

    Attributes:
        code: Stock code with the letter of its kind (`A005930`).
        clock: Time of day of its acceptance as `HH:mm:ss`.
        average: Average price of its fills, 0 without one.
    """

    account: str
    number: str
    original: str
    symbol: str
    code: str
    name: str
    status: str
    quantity: int
    price: int
    open: int
    paid: int
    order_word: str
    action_word: str
    side_word: str
    type_word: str
    time_ms: int
    clock: str
    changed_clock: str
    fill_clock: str
    fill_number: str
    fill_price: int
    fill_quantity: int
    average: int
    confirmed: int
    commission: int
    tax: int
    venue_code: str
    venue_word: str
    is_sor: str
    trigger: int
    last: int
    ask: int
    bid: int
    base: int


def order_row(line: OrderLine, statement: Statement, views: Views) -> OrderRow:
    """Return an order as a list shows it."""
    instrument = views.market.universe.by_code[line.symbol]
    quote: Quote = views.market.quote(line.symbol, views.now_ms)
    return OrderRow(
        account=statement.number,
        number=number_text(line.number),
        original=number_text(line.original) if line.original else NO_ORDER,
        symbol=line.symbol,
        code=_LETTERS.get(instrument.market, "A") + line.symbol,
        name=instrument.name_ko,
        status=STATUS_WORDS[line.status],
        quantity=line.quantity,
        price=line.price_won,
        open=line.open,
        paid=line.paid_won,
        order_word=order_word(line),
        action_word=ACTION_WORDS[line.action],
        side_word=SIDE_WORDS[line.side],
        type_word=type_word(line),
        time_ms=line.entered_ms,
        clock=_clock(line.entered_ms),
        changed_clock=_clock(line.changed_ms) if line.confirmed else "",
        fill_clock=_clock(line.changed_ms) if line.filled else "",
        fill_number=str(line.fill_number) if line.fill_number else "",
        fill_price=line.last_price_won,
        fill_quantity=line.filled,
        average=line.paid_won // line.filled if line.filled else 0,
        confirmed=line.confirmed,
        commission=line.commission_won,
        tax=line.tax_won,
        venue_code=VENUE_CODES[line.destination],
        venue_word=VENUE_WORDS[line.destination],
        is_sor="Y" if line.destination is Destination.SOR else "N",
        trigger=line.trigger_won,
        last=quote.last,
        ask=quote.ask,
        bid=quote.bid,
        base=quote.base,
    )


def open_orders(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10075: orders that may still be traded, newest first."""
    wanted = _chosen(call, "trde_tp", by_symbol=call.text("all_stk_tp") == "1")
    found = [line for line in _statement(views).lines if line.open > 0 and wanted(line)]
    return _listed(found[::-1], views) if found else NOTHING_OPEN


def filled_orders(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10076: orders of today with fills, newest first."""
    wanted = _chosen(call, "sell_tp", by_symbol=call.text("qry_tp") == "1")
    before = call.text("ord_no")
    found = _today(
        views,
        lambda line: (
            line.filled > 0 and wanted(line) and (not before or number_text(line.number) < before)
        ),
    )
    return _listed(found[::-1], views)


def day_orders(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer kt00007: every order of a day, as asked for."""
    found = _of_day(call, views)
    if isinstance(found, Refused):
        return found
    kind = call.text("qry_tp")
    lines = [
        line
        for line in found
        if (kind != "3" or line.open > 0) and (kind != "4" or line.filled > 0)
    ]
    return _listed(lines[::-1] if kind == "2" else lines, views)


def order_status(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer kt00009: the orders of a day, or those with fills, and what was traded."""
    found = _of_day(call, views)
    if isinstance(found, Refused):
        return found
    lines = [line for line in found if call.text("qry_tp") != "1" or line.filled > 0]
    if not lines:
        return NOTHING_FOUND
    record = Turnover(
        sold=sum(line.paid_won for line in lines if line.side is Side.SELL),
        bought=sum(line.paid_won for line in lines if line.side is Side.BUY),
    )
    return msgspec.structs.replace(_listed(lines, views), record=record)


def _of_day(call: Call, views: Views) -> list[OrderLine] | Refused:
    """Return the orders of a day with the side, symbol, venue and first number asked for."""
    text = call.text("ord_dt")
    day = parse_day(text) if text else day_of(views.now_ms)
    if day is None:
        return bad_value("ord_dt", "날짜 형식 오류")
    side, symbol = _SIDES.get(call.text("sell_tp")), call.text("stk_cd").lstrip("AJQ")
    venue, first = call.text("dmst_stex_tp"), call.text("fr_ord_no")
    return [
        line
        for line in _statement(views).lines
        if day_of(line.entered_ms) == day
        and (side is None or line.side is side)
        and (not symbol or line.symbol == symbol)
        and (venue in {"", "%"} or line.destination.value == venue)
        and (not first or number_text(line.number) >= first)
    ]


def _statement(views: Views) -> Statement:
    assert views.statement is not None, "the gateway gives every question of an account its state"
    return views.statement


def _today(views: Views, wanted: Callable[[OrderLine], bool]) -> list[OrderLine]:
    today = day_of(views.now_ms)
    lines = _statement(views).lines
    return [line for line in lines if day_of(line.entered_ms) == today and wanted(line)]


def _chosen(call: Call, side_name: str, *, by_symbol: bool) -> Callable[[OrderLine], bool]:
    """Return what says whether an order has the symbol, side and venue that a call asks for."""
    symbol = call.text("stk_cd") if by_symbol else ""
    side = _SIDES.get(call.text(side_name))
    venue = _VENUES.get(call.text("stex_tp"))

    def wanted(line: OrderLine) -> bool:
        fits = (not symbol or line.symbol == symbol) and (side is None or line.side is side)
        return fits and (venue is None or line.destination is venue)

    return wanted


def _listed(lines: list[OrderLine], views: Views) -> Result:
    statement = _statement(views)
    rows = [order_row(line, statement, views) for line in lines]
    return Result(columns=rows, count=len(rows))


def _clock(time_ms: int) -> str:
    seconds = time_of_day(time_ms) // 1_000
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


QUERIES = {
    "open_orders": Query(open_orders, columns=(OrderRow,)),
    "filled_orders": Query(filled_orders, columns=(OrderRow,)),
    "day_orders": Query(day_orders, columns=(OrderRow,)),
    "order_status": Query(order_status, record=(Turnover,), columns=(OrderRow,)),
}
"""Queries of this module by the name that a catalogue file uses."""
