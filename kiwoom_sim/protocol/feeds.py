"""Plan what the real-time stream has to say about one item in a stretch of market time.

A plan lists due times; what is said is made when it is due, by asking the market again. Plans
are pure: the same stretch gives the same plan, whoever listens and whenever it is made.

Known deviations: indices (0J, 0U) speak in every second in which they changed; the real interval
is not published.

Source:
    When each type is sent: real-time pages of the Kiwoom REST API guide.
"""

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import IndexQuote, Venue
from kiwoom_sim.market.rules.sessions import AUCTION_END_SPREAD_MS, phase_notices, session_times
from kiwoom_sim.protocol.calls import split_symbol
from kiwoom_sim.protocol.index_values import IndexLine
from kiwoom_sim.protocol.pushes import PhasePush, index_push
from kiwoom_sim.protocol.stock_feed import STOCK_TYPES, StockFeed, StockSays

INDEX_TYPES = ("0J", "0U")
PHASE_TYPES = ("0s",)
TYPE_ORDER = (*STOCK_TYPES, *INDEX_TYPES, *PHASE_TYPES)
"""Order of the types that are due at the same instant."""

_GRID_MS = 1_000

Push = StockSays | IndexLine | PhasePush


class Planned(Struct, frozen=True):
    """Hold one thing that may be said.

    Attributes:
        due_ms: Market time.
        kind: Real-time type.
        make: Returns what to say, or None if on closer look nothing happened.
    """

    due_ms: int
    kind: str
    make: Callable[[], Push | None]


class Stretch(Struct, frozen=True):
    """Name a stretch of market time within one day: `start_ms` included, `end_ms` excluded."""

    start_ms: int
    end_ms: int

    def __contains__(self, time_ms: int) -> bool:
        return self.start_ms <= time_ms < self.end_ms


def plan(
    market: Market, item: str, kinds: tuple[str, ...], stretch: Stretch
) -> tuple[Planned, ...]:
    """Return what is due about an item in a stretch, by time, then type.

    Args:
        market: Is asked now for due times and later for values.
        item: As it was registered; an unknown one has nothing to say.
        kinds: Types that somebody listens to.
        stretch: When.

    Raises:
        NotReady: The market has to build something first; ask again afterwards.
    """
    if not market.calendar.is_session(day_of(stretch.start_ms)):
        return ()
    planned: list[Planned] = []
    if not set(kinds).isdisjoint(PHASE_TYPES):
        planned += _phases(market, stretch)
    if not set(kinds).isdisjoint(INDEX_TYPES) and item in market.reference.indices:
        planned += _indices(market, item, kinds, stretch)
    if not set(kinds).isdisjoint(STOCK_TYPES):
        planned += _stock(market, item, kinds, stretch)
    planned.sort(key=lambda entry: (entry.due_ms, TYPE_ORDER.index(entry.kind)))
    return tuple(planned)


def _phases(market: Market, stretch: Stretch) -> list[Planned]:
    day = day_of(stretch.start_ms)
    planned = []
    for notice in phase_notices(market.calendar, day):
        at_ms = moment(day, notice.of_day_ms)
        if at_ms in stretch:
            push = PhasePush(time_ms=at_ms, code=notice.code, remaining=notice.remaining)
            planned.append(Planned(at_ms, "0s", partial(_say, push)))
    return planned


def _indices(market: Market, code: str, kinds: tuple[str, ...], stretch: Stretch) -> list[Planned]:
    times = session_times(market.calendar, day_of(stretch.start_ms))
    closing_ms = moment(times.day, times.close_ms + AUCTION_END_SPREAD_MS)
    says: list[tuple[int, Callable[[], IndexLine | None]]] = []
    earlier: IndexQuote | None = None
    for quote in market.indices.ticks(code, stretch.start_ms - 1 - _GRID_MS, stretch.end_ms - 1):
        if quote.time_ms in stretch and _moved(earlier, quote):
            says.append((quote.time_ms, partial(index_push, quote)))
        earlier = quote
    if closing_ms in stretch:
        says.append((closing_ms, partial(_closing, market, code, closing_ms)))
    return [
        Planned(at_ms, kind, say) for at_ms, say in says for kind in INDEX_TYPES if kind in kinds
    ]


def _closing(market: Market, code: str, at_ms: int) -> IndexLine | None:
    """Return the closing value of an index; None if it did not move all day."""
    quote = market.indices.quote(code, at_ms)
    return index_push(quote, closing=True) if quote.open else None


def _stock(market: Market, item: str, kinds: tuple[str, ...], stretch: Stretch) -> list[Planned]:
    code, venue = split_symbol(item)
    instrument = market.listings.instrument(code, stretch.start_ms)
    if instrument is None:
        return []
    if venue is Venue.NXT and not instrument.nxt_ok:
        return []
    feed = StockFeed(market, instrument, venue, day_of(stretch.start_ms))
    start_ms, end_ms = stretch.start_ms, stretch.end_ms
    return [
        Planned(at_ms, kind, make)
        for kind in STOCK_TYPES
        if kind in kinds
        for at_ms, make in feed.plan(kind, start_ms, end_ms)
    ]


def _say(push: PhasePush) -> PhasePush:
    return push


def _moved(earlier: IndexQuote | None, quote: IndexQuote) -> bool:
    """Say whether an index differs from a second ago in anything but the time."""
    return earlier is None or replace(earlier, time_ms=quote.time_ms) != quote
