"""Derive what many screens show of one symbol's quote."""

from typing import Any

from msgspec import Struct

from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import Quote
from kiwoom_sim.market.rules.ticks import UNLIMITED
from kiwoom_sim.protocol.measures import (
    change_code,
    quantity_text,
    rate_percent,
    signed_share_percent,
    strength_percent,
)

FUND_MARKETS = frozenset({"ETF", "ETN", "ELW"})
"""Markets whose instruments have a liquidity provider (LP) and no accounts."""


class QuoteLine(Struct, frozen=True, kw_only=True):
    """Hold the quote of one symbol and what follows from it.

    Attributes:
        symbol: Code with the suffix that was asked for.
        time_ms: Time of the last trade, None before the first one.
        upper_limit, lower_limit: 0 where there is no limit.
        volume_share: Volume over the previous session's, negative while it is smaller.
        expected_ask, expected_bid: Best quotes during a call auction, else 0.
        signed_quantity: Shares of the last trade, negative when seller-initiated.
        quantity_text: The same as a text, without a sign after an auction.
        capital: Paid-in capital (자본금) in won.
        list_day: Listing day, None if unknown.
    """

    symbol: str
    name: str
    day: int
    time_ms: int | None
    last: int
    base: int
    change: int
    rate: int
    sign: str
    open: int
    high: int
    low: int
    upper_limit: int
    lower_limit: int
    volume: int
    turnover: int
    previous_volume: int
    previous_turnover: int
    volume_share: int
    strength: int
    signed_quantity: int
    quantity_text: str
    ask: int
    bid: int
    expected_price: int
    expected_quantity: int
    expected_ask: int
    expected_bid: int
    listed_shares: int
    market_cap: int
    par_value: int
    capital: int
    list_day: int | None


def bounded_limit(limit: int) -> int:
    """Return a daily limit, 0 where there is none."""
    return 0 if limit >= UNLIMITED else limit


def quote_line(text: str, instrument: Instrument, quote: Quote) -> QuoteLine:
    """Return the line of a quote; `text` is the code as the client wrote it."""
    return QuoteLine(**quote_values(text, instrument, quote))


def quote_values(text: str, instrument: Instrument, quote: Quote) -> dict[str, Any]:
    """Return the fields of a `QuoteLine`; a split changes the par value, not the capital."""
    capital = instrument.par_value * instrument.listed_shares
    return {
        "symbol": text,
        "name": instrument.name_ko,
        "day": quote.day,
        "time_ms": quote.time_ms,
        "last": quote.last,
        "base": quote.base,
        "change": quote.last - quote.base,
        "rate": rate_percent(quote.last, quote.base),
        "sign": change_code(quote.last, quote.base, quote.upper_limit, quote.lower_limit),
        "open": quote.open,
        "high": quote.high,
        "low": quote.low,
        "upper_limit": bounded_limit(quote.upper_limit),
        "lower_limit": 0 if quote.upper_limit >= UNLIMITED else quote.lower_limit,
        "volume": quote.volume,
        "turnover": quote.turnover,
        "previous_volume": quote.previous_volume,
        "previous_turnover": quote.previous_turnover,
        "volume_share": signed_share_percent(quote.volume, quote.previous_volume),
        "strength": strength_percent(quote.buy_volume, quote.sell_volume),
        "signed_quantity": -quote.quantity if quote.side < 0 else quote.quantity,
        "quantity_text": quantity_text(quote.quantity, quote.side),
        "ask": quote.ask,
        "bid": quote.bid,
        "expected_price": quote.expected_price,
        "expected_quantity": quote.expected_quantity,
        "expected_ask": quote.ask if quote.expected_price else 0,
        "expected_bid": quote.bid if quote.expected_price else 0,
        "listed_shares": quote.listed_shares,
        "market_cap": quote.last * quote.listed_shares,
        "par_value": capital // max(1, quote.listed_shares),
        "capital": capital,
        "list_day": instrument.list_day or None,
    }
