"""Answer quote screens: the order book, the day's line, the full screen, a watch list."""

from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.calls import (
    Call,
    Parts,
    Query,
    Result,
    prepare_quotes,
    split_symbol,
    unknown_symbol,
)
from kiwoom_sim.protocol.ladder import Ladder, ladder_values
from kiwoom_sim.protocol.queries.extremes import PastLine, symbol_past_line
from kiwoom_sim.protocol.queries.quote_lines import FUND_MARKETS, QuoteLine, quote_line
from kiwoom_sim.protocol.queries.warrant_values import WarrantLine, warrant_line
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

WATCH_LIST_MAX = 100

_BLANK = object()
"""A row without any attribute prints as empty texts."""


def _find(call: Call, views: Views) -> tuple[str, Instrument, Venue] | Refused:
    """Return the instrument that a request names, as (text, instrument, venue)."""
    text = call.text("stk_cd")
    code, venue = split_symbol(text)
    instrument = views.instrument(code)
    return unknown_symbol(text) if instrument is None else (text, instrument, venue)


def _ladder(views: Views, instrument: Instrument, venue: Venue) -> Ladder:
    book = views.market.book(instrument.code, views.now_ms, venue)
    provided = instrument.market in FUND_MARKETS
    return Ladder(base=book.base, **ladder_values(book, provided=provided))


def order_book(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10004; a venue suffix is ignored, as on the real service."""
    found = _find(call, views)
    if isinstance(found, Refused):
        return found
    return Result(record=_ladder(views, found[1], Venue.KRX))


def day_line(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10006."""
    found = _find(call, views)
    if isinstance(found, Refused):
        return found
    text, instrument, venue = found
    quote = views.market.quote(instrument.code, views.now_ms, venue)
    return Result(record=quote_line(text, instrument, quote))


def quote_screen(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10007."""
    found = _find(call, views)
    if isinstance(found, Refused):
        return found
    text, instrument, venue = found
    quote = views.market.quote(instrument.code, views.now_ms, venue)
    record = Parts(
        quote_line(text, instrument, quote),
        _ladder(views, instrument, venue),
        symbol_past_line(views, instrument.code, quote.last),
        warrant_line(instrument, quote.last, views),
    )
    return Result(record=record)


def _watch_line(text: str, views: Views) -> object:
    code, venue = split_symbol(text)
    instrument = views.instrument(code)
    if instrument is None:
        return _BLANK
    quote = views.market.quote(code, views.now_ms, venue)
    return Parts(
        quote_line(text, instrument, quote),
        _ladder(views, instrument, venue),
        warrant_line(instrument, quote.last, views),
    )


def watch_list(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10095: codes joined by `|`, in the order of the request.

    More than 100 codes are refused for good, with a code that looks like a rate limit. An
    unlisted code leaves a blank row.
    """
    texts = [text.strip() for text in call.text("stk_cd").split("|") if text.strip()]
    if len(texts) > WATCH_LIST_MAX:
        return Refused("1634")
    codes = {split_symbol(text)[0]: None for text in texts}
    prepare_quotes([code for code in codes if views.instrument(code)], views)
    rows = [_watch_line(text, views) for text in texts]
    return Result(columns=rows, count=len(rows))


QUERIES = {
    "order_book": Query(order_book, record=(Ladder,)),
    "day_line": Query(day_line, record=(QuoteLine,)),
    "quote_screen": Query(quote_screen, record=(QuoteLine, Ladder, PastLine, WarrantLine)),
    "watch_list": Query(watch_list, columns=(QuoteLine, Ladder, WarrantLine)),
}
