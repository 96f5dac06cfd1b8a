"""Derive what messages show of an index (업종지수) from its quote."""

from typing import Any

from msgspec import Struct

from kiwoom_sim.market.records import IndexQuote
from kiwoom_sim.protocol.measures import change_code, percent, rate_percent


class IndexLine(Struct, frozen=True, kw_only=True):
    """Hold one index at one instant; levels and changes are hundredths of a point.

    Attributes:
        time: Market time, negative for the closing value.
        quantity: Shares since the previous value.
        volume_change: Volume against the whole previous session's.
        traded_share: Members that traded, as a percentage of all.
    """

    code: str
    time: int
    last: int
    base: int
    change: int
    rate: int
    sign: str
    open: int
    high: int
    low: int
    volume: int
    turnover: int
    quantity: int
    volume_change: int
    upper_count: int
    rising_count: int
    flat_count: int
    falling_count: int
    lower_count: int
    traded_count: int
    traded_share: int
    member_count: int


def index_values(quote: IndexQuote, *, closing: bool = False) -> dict[str, Any]:
    """Return the fields of an `IndexLine`.

    Args:
        quote: The index.
        closing: Whether this is the session's closing value.
    """
    return {
        "code": quote.code,
        "time": -quote.time_ms if closing else quote.time_ms,
        "last": quote.last,
        "base": quote.base,
        "change": quote.last - quote.base,
        "rate": rate_percent(quote.last, quote.base),
        "sign": change_code(quote.last, quote.base),
        "open": quote.open,
        "high": quote.high,
        "low": quote.low,
        "volume": quote.volume,
        "turnover": quote.turnover,
        "quantity": quote.quantity,
        "volume_change": quote.volume - quote.previous_volume,
        "upper_count": quote.upper_count,
        "rising_count": quote.rising_count,
        "flat_count": quote.flat_count,
        "falling_count": quote.falling_count,
        "lower_count": quote.lower_count,
        "traded_count": quote.traded_count,
        "traded_share": percent(quote.traded_count, quote.member_count),
        "member_count": quote.member_count,
    }
