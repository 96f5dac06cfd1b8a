"""Check an order before it is accepted (주문 접수 거부): what is wrong with it, if anything.

Not for: money and shares, which the account knows; see `engine.desk`.

Layout: what was sent comes first (quantity, type, price), then the session, then the symbol, then
the price against the symbol's rules. The first thing wrong is what the client hears.

Known deviations: a venue that only stops (the alternative one, while the exchange auctions)
takes no orders, though it has held call auctions of its own since 2026-09-14.
"""

from enum import Enum

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, time_of_day
from kiwoom_sim.exchange.hours import SINGLE_PRICE, off_hours
from kiwoom_sim.exchange.order_types import VENUES, Destination, Pricing
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Phase, Quote
from kiwoom_sim.market.rules.sessions import NxtTimes, SessionTimes, phase_at, session_times
from kiwoom_sim.market.rules.ticks import Product, tick_size
from kiwoom_sim.market.views.trading import Matching

_ELW_LOT = 10
_SINGLE_PRICE_PERCENT = 10


class Reason(Enum):
    """Name why an order is not taken."""

    UNKNOWN_SYMBOL = "unknown symbol"
    BAD_QUANTITY = "bad quantity"
    TYPE_NOT_THERE = "the venue does not know this type"
    NOT_ON_VENUE = "the venue does not trade this symbol"
    PRICE_MISSING = "price missing"
    PRICE_GIVEN = "price given for a type without one"
    PRICE_AT_CLOSE = "price given for a closing-price order"
    TRIGGER_MISSING = "trigger price missing"
    BEFORE_SESSION = "before the session"
    AFTER_SESSION = "after the session"
    TYPE_NOT_NOW = "not a time for this type"
    HALTED = "trading is halted"
    CIRCUIT_BREAKER = "a circuit breaker is in force"
    OFF_TICK = "not a multiple of the price step"
    BEYOND_LIMITS = "beyond the daily limits"
    NOT_ENOUGH_CASH = "not enough cash"
    NOT_ENOUGH_SHARES = "not enough shares"
    NO_CREDIT = "no credit for this symbol"
    UNKNOWN_ORDER = "unknown original order"
    OTHER_VENUE = "the original order is on another venue"
    IS_A_CANCEL = "the original order is a cancel"
    NOTHING_OPEN = "nothing is open"
    UNCHANGED_TYPE = "this type cannot be amended"


class Declined(Struct, frozen=True, kw_only=True):
    """Tell that an order was not taken; nothing changed.

    Attributes:
        possible: Quantity that would have been possible, where the reason is about one.
    """

    reason: Reason
    possible: int = 0


def why_not(asked: PlaceOrder, market: Market, now: int) -> Reason | None:
    """Return why an order cannot be accepted at an instant, or None.

    Raises:
        NotReady: The market has to be generated first.
    """
    instrument = market.listings.instrument(asked.symbol, now)
    if instrument is None:
        return Reason.UNKNOWN_SYMBOL
    reason = _wrong_form(asked, instrument) or _wrong_time(asked, instrument, market, now)
    if reason is not None:
        return reason
    quote = market.quote(asked.symbol, now)
    return _stopped(asked, market, now, quote) or wrong_price(asked, quote, instrument)


def why_not_amend(asked: PlaceOrder, market: Market, now: int) -> Reason | None:
    """Return why what an amendment makes of an open order cannot be accepted, or None.

    Raises:
        NotReady: The market has to be generated first.
    """
    instrument = market.universe.by_code[asked.symbol]
    quote = market.quote(asked.symbol, now)
    return (
        _wrong_quantity(asked, instrument)
        or _stopped(asked, market, now, quote)
        or wrong_price(asked, quote, instrument)
    )


def wrong_price(asked: PlaceOrder, quote: Quote, instrument: Instrument) -> Reason | None:
    """Return what is wrong with the prices of an order on a symbol's day, or None."""
    trigger = asked.trigger_won if asked.type.needs_trigger else None
    for price in (asked.price_won, trigger):
        if price is None:
            continue
        if price < 1 or price % tick_size(price, instrument.product, quote.day):
            return Reason.OFF_TICK
        if not quote.lower_limit <= price <= quote.upper_limit:
            return Reason.BEYOND_LIMITS
        away = abs(price - quote.last) * 100
        if asked.type.code == SINGLE_PRICE and away > quote.last * _SINGLE_PRICE_PERCENT:
            return Reason.BEYOND_LIMITS
    return None


def _wrong_form(asked: PlaceOrder, instrument: Instrument) -> Reason | None:
    """Return what is wrong with what was sent, whatever the time."""
    reason = _wrong_quantity(asked, instrument)
    if reason is not None:
        return reason
    if asked.destination not in asked.type.to:
        return Reason.TYPE_NOT_THERE
    if asked.destination is Destination.NXT and not instrument.nxt_ok:
        return Reason.NOT_ON_VENUE
    return _missing(asked)


def _wrong_quantity(asked: PlaceOrder, instrument: Instrument) -> Reason | None:
    """Return that a quantity is not in whole lots, or None."""
    lot = _ELW_LOT if instrument.product is Product.ELW else 1
    return Reason.BAD_QUANTITY if asked.quantity < 1 or asked.quantity % lot else None


def _missing(asked: PlaceOrder) -> Reason | None:
    """Return which price is missing, or given where the type takes none."""
    kind = asked.type
    if kind.needs_price and asked.price_won is None:
        return Reason.PRICE_MISSING
    if not kind.needs_price and asked.price_won is not None:
        is_close = kind.pricing is Pricing.CLOSE
        return Reason.PRICE_AT_CLOSE if is_close else Reason.PRICE_GIVEN
    if kind.needs_trigger and asked.trigger_won is None:
        return Reason.TRIGGER_MISSING
    return None


def _wrong_time(
    asked: PlaceOrder, instrument: Instrument, market: Market, now: int
) -> Reason | None:
    """Return why a type cannot be sent at a time, or None."""
    day = day_of(now)
    if not market.calendar.is_session(day):
        return Reason.AFTER_SESSION
    times, phase = session_times(market.calendar, day), phase_at(market.calendar, now)
    nxt = times.nxt if instrument.nxt_ok else None
    is_open = nxt is not None and _open_elsewhere(asked, nxt, now, phase)
    if asked.destination is Destination.NXT:
        closed = Reason.NOT_ON_VENUE if nxt is None else Reason.TYPE_NOT_NOW
        return None if is_open else closed
    if asked.destination is Destination.SOR and is_open:
        return None
    return _wrong_phase(asked, instrument, times, now, phase)


def _wrong_phase(
    asked: PlaceOrder, instrument: Instrument, times: SessionTimes, now: int, phase: Phase
) -> Reason | None:
    """Return why the exchange does not take a type in a phase of its day, or None."""
    if phase is Phase.BEFORE_OPEN:
        return Reason.BEFORE_SESSION
    if phase is Phase.CLOSED:
        return Reason.AFTER_SESSION
    window = off_hours(asked.type, times)
    is_late = window is not None and now >= window.end_ms
    shut_out = phase is Phase.AFTER_MARKET and not instrument.is_stock
    fits = phase in asked.type.phases and not is_late and not shut_out
    return None if fits else Reason.TYPE_NOT_NOW


def _open_elsewhere(asked: PlaceOrder, nxt: NxtTimes, now: int, phase: Phase) -> bool:
    """Say whether the alternative venue takes a type at a time."""
    of_day = time_of_day(now)
    if asked.type.pricing is Pricing.CLOSE:
        return phase in asked.type.phases
    if nxt.main_ms <= of_day < nxt.main_end_ms:
        return True
    early = nxt.pre_ms is not None and nxt.pre_end_ms is not None
    before = early and (nxt.pre_ms or 0) <= of_day < (nxt.pre_end_ms or 0)
    after = nxt.after_auction_ms <= of_day < nxt.after_end_ms
    plain = asked.type.needs_price and not asked.type.needs_trigger
    return plain and (before or after)


def _stopped(asked: PlaceOrder, market: Market, now: int, quote: Quote) -> Reason | None:
    """Return why nobody may order a symbol in this way at a time, or None."""
    matching = market.trading(asked.symbol, now, VENUES[asked.destination]).matching
    if quote.halted or matching is Matching.HALTED:
        instrument = market.universe.by_code[asked.symbol]
        stopped = instrument.is_stock and market.panics.is_stopping(instrument.market, now)
        return Reason.CIRCUIT_BREAKER if stopped else Reason.HALTED
    is_early = matching is Matching.AUCTION and asked.type.needs_book
    return Reason.TYPE_NOT_NOW if is_early else None
