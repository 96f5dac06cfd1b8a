"""Know how a symbol trades at an instant: continuously, in a call auction, or not at all."""

from enum import Enum

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.venues import nxt_times
from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.views.book_state import auction_spans


class Matching(Enum):
    """Say how orders meet (매매체결 방법)."""

    CLOSED = "closed"
    AUCTION = "auction"
    CONTINUOUS = "continuous"
    HALTED = "halted"


class Trading(Struct, frozen=True, kw_only=True):
    """Hold how a symbol trades at an instant.

    Attributes:
        matching: How orders meet.
        lapse_ms: Market time at which orders that come now lapse; on a day without a session
            the instant itself.
    """

    matching: Matching
    lapse_ms: int


class TradingView:
    """Say how symbols trade at an instant; called like a function."""

    def __init__(self, days: Days) -> None:
        self._days = days

    def __call__(self, code: str, now: int, venue: Venue = Venue.KRX) -> Trading:
        """Return how a symbol trades at an instant: continuously, in a call auction, or not.

        Raises:
            KeyError: There is no such symbol.
        """
        return trading_at(self._days, code, now, venue)


def trading_at(days: Days, code: str, now: int, venue: Venue) -> Trading:
    """Return how a symbol trades at an instant.

    Raises:
        KeyError: There is no such symbol.
    """
    day = day_of(now)
    if not days.calendar.is_session(day):
        return Trading(matching=Matching.CLOSED, lapse_ms=now)
    frame = days.symbol_day(code, day).frame
    spans = auction_spans(days.symbol_day(code, day))
    opening_ms, closing_ms = spans[0][1], spans[-1][1]
    elsewhere = nxt_times(frame)
    if venue is Venue.KRX or (venue is Venue.ALL and elsewhere is None):
        evening_ms = frame.times.after_market_end_ms
        is_evening = evening_ms is not None and now >= closing_ms
        lapse_ms = moment(day, evening_ms or 0) if is_evening else closing_ms
        pause = Matching.AUCTION
    elif elsewhere is None:
        return Trading(matching=Matching.CLOSED, lapse_ms=now)
    else:
        lapse_ms, pause = moment(day, elsewhere.after_end_ms), Matching.AUCTION
    if venue is Venue.NXT and elsewhere is not None:  # it only stops while the exchange auctions
        opening_ms, closing_ms = moment(day, elsewhere.main_ms), moment(day, elsewhere.main_end_ms)
        pause = Matching.HALTED
        spans = tuple(span for span in spans if opening_ms <= span[0] < closing_ms)
    matching = Matching.CLOSED
    if any(begin <= now < end for begin, end in spans):
        matching = pause
    elif opening_ms <= now < closing_ms:
        matching = Matching.CONTINUOUS
    if venue is not Venue.KRX and any(
        each.at_ms <= now < each.until_ms for each in days.evenings(code, day)
    ):
        matching = Matching.CONTINUOUS
    if matching is not Matching.CLOSED and frame.halted_at(now):
        matching = Matching.HALTED
    return Trading(matching=matching, lapse_ms=lapse_ms)
