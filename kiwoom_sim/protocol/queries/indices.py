"""Answer questions about indices and sectors (업종): the sheet, the list, the members."""

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, time_of_day
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.records import IndexQuote, Venue
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.protocol.calls import Call, Parts, Query, Result, prepare_quotes
from kiwoom_sim.protocol.index_values import IndexLine, index_values
from kiwoom_sim.protocol.measures import change_code, percent, rate_percent
from kiwoom_sim.protocol.paging import PageKey, read_key
from kiwoom_sim.protocol.queries.extremes import PastLine, index_past_line
from kiwoom_sim.protocol.queries.quote_lines import QuoteLine, quote_line
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_LOOK_BACK_MS = (60_000, 900_000)
"""How far to look for values: a minute of trading, else past the silence of an auction."""

_VENUES = {"2": Venue.NXT, "3": Venue.ALL}


class IndexTickColumns(Struct, frozen=True, kw_only=True):
    """Hold the newest values of an index, newest first.

    Attributes:
        time: Market time, negative for the closing value.
        quantity, volume: Shares since the value before, and of the day.
    """

    time: list[int]
    base: list[int]
    level: list[int]
    sign: list[str]
    change: list[int]
    rate: list[int]
    quantity: list[int]
    volume: list[int]


class ListedIndex(Struct, frozen=True, kw_only=True):
    """Hold the name of an index and its part of the board's turnover."""

    name: str
    weight: int


def is_closing(time_ms: int, views: Views) -> bool:
    """Return whether a market time belongs to the closing value of its session."""
    calendar, day = views.market.calendar, day_of(time_ms)
    if not calendar.is_session(day):
        return False
    return time_of_day(time_ms) >= session_times(calendar, day).close_ms


def _line(quote: IndexQuote, views: Views) -> IndexLine:
    return IndexLine(**index_values(quote, closing=is_closing(quote.time_ms, views)))


def _unknown(code: str) -> Refused:
    return Refused("1901", {"stk_cd": code})


def marked(times: list[int], views: Views) -> list[int]:
    """Return market times with those of closing values made negative."""
    return [-time if is_closing(time, views) else time for time in times]


def _tick_columns(oldest_first: list[IndexQuote], views: Views) -> IndexTickColumns:
    quotes = list(reversed(oldest_first))
    return IndexTickColumns(
        time=marked([each.time_ms for each in quotes], views),
        base=[each.base for each in quotes],
        level=[each.last for each in quotes],
        sign=[change_code(each.last, each.base) for each in quotes],
        change=[each.last - each.base for each in quotes],
        rate=[rate_percent(each.last, each.base) for each in quotes],
        quantity=[each.quantity for each in quotes],
        volume=[each.volume for each in quotes],
    )


def _newest_values(code: str, newest_ms: int, count: int, views: Views) -> list[IndexQuote]:
    """Return up to `count` values at or before an instant, oldest first."""
    found: list[IndexQuote] = []
    for span_ms in _LOOK_BACK_MS:
        found = views.market.indices.ticks(code, newest_ms - span_ms, newest_ms)
        if len(found) >= count:
            break
    return found[-count:]


def index_sheet(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka20001: the index now, its year, and its newest values."""
    code = call.text("inds_cd")
    if code not in views.market.indices.codes():
        return _unknown(code)
    quote = views.market.indices.quote(code, views.now_ms)
    ticks = _newest_values(code, quote.time_ms, int(spec.params["count"]), views)
    return Result(
        record=Parts(_line(quote, views), index_past_line(views, code, quote.last)),
        columns=_tick_columns(ticks, views),
        count=len(ticks),
    )


def index_list(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka20003: all current indices of the market that an index belongs to."""
    code = call.text("inds_cd")
    codes = views.market.indices.codes()
    if code not in codes:
        return _unknown(code)
    known = load_reference().indices
    wanted = known[code].market_type
    found = [known[each] for each in codes if known[each].market_type == wanted]
    found = [each for each in found if not each.legacy]
    quotes = [views.market.indices.quote(each.code, views.now_ms) for each in found]
    whole = quotes[0].turnover
    rows = [
        Parts(
            _line(quote, views),
            ListedIndex(name=each.name_ko, weight=percent(quote.turnover, whole)),
        )
        for each, quote in zip(found, quotes, strict=True)
    ]
    return Result(columns=rows, count=len(rows))


def index_members(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka20002: the members of an index in code order, in pages."""
    code = call.text("inds_cd")
    if code not in views.market.indices.codes():
        return _unknown(code)
    start = 0
    if call.next_key:
        key = read_key(call.next_key, code)
        if isinstance(key, Refused):
            return key
        start = key.place
    venue = _VENUES.get(call.text("stex_tp"), Venue.KRX)
    universe, now = views.market.universe, views.now_ms
    members = [
        member
        for member in sorted(views.market.indices.members(code))
        if views.instrument(member) and (venue is Venue.KRX or universe.by_code[member].nxt_ok)
    ]
    shown = members[start : start + spec.page_size]
    prepare_quotes(shown, views)
    rows = [
        quote_line(
            member + venue.value, universe.by_code[member], views.market.quote(member, now, venue)
        )
        for member in shown
    ]
    end = start + len(shown)
    next_key = PageKey(code, day_of(now), end).text() if end < len(members) else ""
    return Result(columns=rows, count=len(rows), next_key=next_key)


QUERIES = {
    "index_sheet": Query(index_sheet, record=(IndexLine, PastLine), columns=(IndexTickColumns,)),
    "index_list": Query(index_list, columns=(IndexLine, ListedIndex)),
    "index_members": Query(index_members, columns=(QuoteLine,)),
}
