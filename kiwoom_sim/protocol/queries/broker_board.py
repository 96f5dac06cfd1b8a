"""Answer which member firms trade a stock most (주식거래원), and the list of all firms."""

from msgspec import Struct

from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.reference import Broker, load_reference
from kiwoom_sim.market.records import BrokerLine
from kiwoom_sim.protocol.calls import Call, Parts, Query, Result, split_symbol, unknown_symbol
from kiwoom_sim.protocol.queries.quote_lines import QuoteLine, quote_line
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec


class BrokerBoard(Struct, frozen=True, kw_only=True):
    """Hold the five largest sellers and buyers of the day, largest first; may be shorter."""

    seller_names: tuple[str, ...]
    seller_codes: tuple[str, ...]
    seller_quantities: tuple[int, ...]
    buyer_names: tuple[str, ...]
    buyer_codes: tuple[str, ...]
    buyer_quantities: tuple[int, ...]


class FirmColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of ka10102.

    Attributes:
        kind: "1" for a foreign firm, else "0".
    """

    code: list[str]
    name: list[str]
    kind: list[str]


def _names(lines: tuple[BrokerLine, ...]) -> tuple[str, ...]:
    firms: dict[str, Broker] = load_reference().brokers
    return tuple(firms[line.code].short_name for line in lines)


def broker_board(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10002."""
    text = call.text("stk_cd")
    code, venue = split_symbol(text)
    instrument = views.instrument(code)
    if instrument is None:
        return unknown_symbol(text)
    sellers, buyers = views.market.brokers.top(code, views.now_ms)
    board = BrokerBoard(
        seller_names=_names(sellers),
        seller_codes=tuple(line.code for line in sellers),
        seller_quantities=tuple(line.quantity for line in sellers),
        buyer_names=_names(buyers),
        buyer_codes=tuple(line.code for line in buyers),
        buyer_quantities=tuple(line.quantity for line in buyers),
    )
    quote = views.market.quote(code, views.now_ms, venue)
    return Result(record=Parts(quote_line(text, instrument, quote), board))


def broker_list(_spec: ApiSpec, _call: Call, _views: Views) -> Result | Refused:
    """Answer ka10102: every firm, also those that left the market."""
    firms = [firm for firm in load_reference().brokers.values() if firm.status != "pseudo"]
    columns = FirmColumns(
        code=[firm.code for firm in firms],
        name=[firm.name_ko for firm in firms],
        kind=["1" if firm.foreign else "0" for firm in firms],
    )
    return Result(columns=columns, count=len(firms))


QUERIES = {
    "broker_board": Query(broker_board, record=(QuoteLine, BrokerBoard)),
    "broker_list": Query(broker_list, columns=(FirmColumns,)),
}
