"""Show a symbol on the alternative venue (NXT) and on both venues together.

The alternative venue follows the exchange: in its main session each trade of the exchange is
echoed at the same time, price and side with a fifth to a third of the shares, and its book has
the same prices with a like share of the quantities. Both venues together are the sum. When the
exchange holds a call auction in between, this venue only stops.

In its after-market it trades only where an event says so (`evening`).

Known deviations: the pre-market of the alternative venue is not made; candles are the exchange's
for either venue.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from msgspec import structs

from kiwoom_sim.core.clock import MS_PER_SECOND, moment
from kiwoom_sim.core.rng import philox_block
from kiwoom_sim.market.alterations import Evening
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.evening import evening_prints
from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.intraday.tape import Tape, TapeSource
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.records import Book, Ints, Level, Venue
from kiwoom_sim.market.rules.sessions import NxtTimes
from kiwoom_sim.market.rules.ticks import UNLIMITED
from kiwoom_sim.market.store import Store

_SHARE_MIN, _SHARE_SPAN = 20, 16
_ECHO_LANE = 4
_MASK = 0xFFFFFFFF
_NAMES = Prints.__struct_fields__


def nxt_times(frame: DayFrame) -> NxtTimes | None:
    """Return the times of the alternative venue, None if it does not trade the symbol then.

    It takes no part in liquidation trading.
    """
    return frame.times.nxt if frame.instrument.nxt_ok and frame.upper < UNLIMITED else None


def main_session(frame: DayFrame) -> tuple[int, int] | None:
    """Return start and end of the alternative venue's main session as market times."""
    times = nxt_times(frame)
    if times is None:
        return None
    return moment(frame.day, times.main_ms), moment(frame.day, times.main_end_ms)


def venue_day(
    day: SymbolDay, venue: Venue, store: Store, evenings: Sequence[Evening] = ()
) -> SymbolDay:
    """Return the day of a symbol on another venue, made from its day on the exchange."""
    own = day.prints()
    echo, source = echoed(day.frame, own)
    prints = joined(own, echo, source) if venue is Venue.ALL else echo
    if evenings and nxt_times(day.frame) is not None:
        close = int(own.price[-1]) if len(own.price) else day.frame.base
        usual = day.frame.instrument.ref_volume
        prints = appended(prints, evening_prints(day.frame, close, usual, evenings))
    frame = structs.replace(day.frame, venue=venue)
    tape = Tape(prints, frame.halts, ratio=Fraction(1), pin=None, halted=False, auctions=())
    return SymbolDay(frame, TapeSource(frame, tape), store)


def echoed(frame: DayFrame, prints: Prints) -> tuple[Prints, Ints]:
    """Return the prints of the alternative venue, and the number of the print each echoes."""
    session = main_session(frame)
    if session is None:
        return prints.take(slice(0, 0)), np.zeros(0, dtype=np.int64)
    begin, end = np.searchsorted(prints.time, session)
    numbers = np.arange(begin, end)
    part = prints.take(slice(int(begin), int(end)))
    seconds = part.time // MS_PER_SECOND
    words = philox_block(*frame.knots.key, seconds & _MASK, seconds >> 32, 0, _ECHO_LANE)[0]
    share = _SHARE_MIN + (words % _SHARE_SPAN).astype(np.int64)
    quantity = (part.quantity * share + (numbers * 7_919 + part.time) % 100) // 100
    echo = structs.replace(part, quantity=quantity, turnover=part.price * quantity)
    kept = (quantity > 0) & (part.side != 0)
    return echo.take(kept), numbers[kept]


def appended(prints: Prints, more: Prints) -> Prints:
    """Return prints and those that come after them."""
    return Prints(
        *(np.concatenate([getattr(prints, name), getattr(more, name)]) for name in _NAMES)
    )


def joined(prints: Prints, echo: Prints, source: Ints) -> Prints:
    """Return the prints of both venues, each echo right before the print that it echoes."""
    numbers = np.concatenate([source, np.arange(len(prints.time))])
    order = np.argsort(numbers, kind="stable")
    return Prints(
        *(
            np.concatenate([getattr(echo, name), getattr(prints, name)])[order]
            for name in Prints.__struct_fields__
        )
    )


def book_share(frame: DayFrame) -> int:
    """Return the alternative venue's depth in percent of the exchange's."""
    return _SHARE_MIN + frame.knots.key[1] % _SHARE_SPAN


def venue_book(book: Book, venue: Venue, share: int, last: int, volume: int) -> Book:
    """Return the book of another venue, made from the exchange's.

    Args:
        book: Book of the exchange.
        venue: The venue asked for.
        share: Depth of the alternative venue in percent; 0 = it is closed.
        last: Last price on the venue.
        volume: Shares traded so far on the venue.
    """

    def there(quantity: int) -> int:
        echo = max(quantity * share // 100, 1) if quantity and share else 0
        return echo + quantity if venue is Venue.ALL else echo

    def side(levels: tuple[Level, ...]) -> tuple[Level, ...]:
        return tuple(
            Level(
                each.price,
                there(each.quantity),
                there(each.quantity) - there(each.quantity - each.change),
            )
            for each in levels
        )

    asks, bids = side(book.asks), side(book.bids)
    return structs.replace(
        book,
        asks=asks,
        bids=bids,
        ask_total=sum(level.quantity for level in asks),
        bid_total=sum(level.quantity for level in bids),
        ask_total_change=there(book.ask_total) - there(book.ask_total - book.ask_total_change),
        bid_total_change=there(book.bid_total) - there(book.bid_total - book.bid_total_change),
        last=last,
        volume=volume,
        expected_price=book.expected_price if venue is Venue.ALL else 0,
        expected_quantity=book.expected_quantity if venue is Venue.ALL else 0,
    )


def inside(times: list[int], session: tuple[int, int] | None) -> list[int]:
    """Return the times that fall into a session."""
    return [time for time in times if session and session[0] <= time < session[1]]
