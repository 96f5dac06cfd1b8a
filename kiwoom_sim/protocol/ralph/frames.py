"""Write the messages of `/ws`: what they are called, when they were made, how they look.

Not for: when a message is due (`rounds`) and who asked for it (`session`).
"""

import msgspec
from msgspec import Struct

from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol.measures import rate_percent

PRICE = "realtime_price"
VCP = "vcp_signal"
CLOSING_BET = "closing_bet_signal"

_KST = "+09:00"


class RealtimePrice(Struct, frozen=True, kw_only=True):
    """Hold what a `realtime_price` message says of one share; prices in won.

    Attributes:
        price: The last trade, the base price before the day's first one.
        change, change_rate: Against the base price, in won and in percent.
        volume: Shares traded today.
        bid_price, ask_price: Best quotes, 0 while that side of the book is empty.
    """

    ticker: str
    name: str
    price: int
    change: int
    change_rate: float
    volume: int
    bid_price: int
    ask_price: int


def realtime_price(views: Views, code: str) -> RealtimePrice:
    """Return the price message of a listed share.

    Raises:
        NotReady: The market has to build something first; ask again afterwards.
    """
    quote = views.market.quote(code, views.now_ms)
    return RealtimePrice(
        ticker=code,
        name=views.market.universe.by_code[code].name_ko,
        price=quote.last,
        change=quote.last - quote.base,
        change_rate=rate_percent(quote.last, quote.base) / 100,
        volume=quote.volume,
        bid_price=quote.bid,
        ask_price=quote.ask,
    )


def iso_time(market_ms: int) -> str:
    """Return a market time as ISO 8601 with milliseconds and the offset of Korea."""
    return datetime_from_moment(market_ms).isoformat(timespec="milliseconds") + _KST


def message(kind: str, market_ms: int, **members: object) -> bytes:
    """Return the JSON text of a message: its type, its members, its time."""
    return msgspec.json.encode({"type": kind, **members, "timestamp": iso_time(market_ms)})
