"""Build the ten-level order book (호가) of a symbol at any instant.

Layout: `book_state` says when the book changes and where its best quotes are; here the ten levels
on each side get their quantities. A price has a quantity that is drawn at the symbol's knots and
moves smoothly between them; what was traded at the best price since the knot is taken off.

Invariants: prices are consecutive steps of the grid inside the limits; quantities are at least 1;
a book is a function of the symbol and the time at which its state began; before a session's
first state the book is the last one of the session before.

Known deviations: quantities do not come from single orders.
"""

import numpy as np
from msgspec import structs

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.core.rng import normal_quantile, philox_block
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.refine import Floats
from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.intraday.touch import KNOT_MS
from kiwoom_sim.market.intraday.venues import (
    book_share,
    inside,
    main_session,
    nxt_times,
    venue_book,
)
from kiwoom_sim.market.records import Book, Level, Venue
from kiwoom_sim.market.rules.ticks import price_at_rank, tick_rank, tick_sizes
from kiwoom_sim.market.views.book_state import State, change_times, marks, state_at, state_time

LEVELS = 10

_STEPS = np.arange(LEVELS)
_SHAPE = np.array([0.7, 1.0, 1.15, 1.15, 1.1, 1.05, 1.0, 0.95, 0.9, 1.0])
_DEPTH_SHARE = 0.0008
_NOISE = 0.35
_ROUND_BOOST, _HALF_BOOST = 2.0, 1.4
_QUEUE = 30.0
_RANKS, _MARGIN = 32, 16
_GROUP = 12
_KEPT = 3
_DEPTH_LANE = 3
_MASK = np.uint64(0xFFFFFFFF)

Side = tuple[list[int], list[int]]

_Content = tuple[tuple[int, int], tuple[State, Side, Side]]


class Books:
    """Answer order books."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._store = days.store
        self._kept: dict[str, tuple[_Content, ...]] = {}
        self._states: dict[str, tuple[tuple[int, int], State]] = {}

    def book(self, code: str, now: int, venue: Venue = Venue.KRX) -> Book:
        """Return the book of a symbol at an instant."""
        if venue is Venue.KRX:
            return self._book(code, now)
        own = self._days.symbol_day(code, self._session(now), venue)
        trades, number = own.last_trade(now)
        last = int(trades.price[number]) if number >= 0 else own.frame.base
        volume = int(trades.volume[number]) if number >= 0 else 0
        session = main_session(own.frame)
        seen = now
        if venue is Venue.NXT:
            if session is None:
                return _empty(self._book(code, now))
            seen = min(now, session[1] - 1)
            if now < session[0]:
                previous = self._days.calendar.previous(own.frame.day)
                earlier = main_session(self._days.symbol_day(code, previous).frame)
                if earlier is None:
                    return _empty(self._book(code, now))
                seen, session = earlier[1] - 1, earlier
        if number >= 0 and self._is_evening(own, int(trades.time[number])):
            return self._evening_book(own, venue, now)
        book = self._book(code, seen)
        is_open = session is not None and session[0] <= book.time_ms < session[1]
        share = book_share(own.frame) if is_open or venue is Venue.NXT else 0
        return venue_book(structs.replace(book, base=own.frame.base), venue, share, last, volume)

    @staticmethod
    def _is_evening(day: SymbolDay, time: int) -> bool:
        """Say whether a trade happened in the after-market of the alternative venue."""
        times = nxt_times(day.frame)
        return times is not None and time >= moment(day.frame.day, times.after_ms)

    def _evening_book(self, own: SymbolDay, venue: Venue, now: int) -> Book:
        """Return the book around the latest trade of an evening, which changes with each."""
        frame = own.frame
        trades, number = own.last_trade(now)
        exchange = self._days.symbol_day(frame.instrument.code, frame.day)
        states = [
            State(
                time_ms=int(trades.time[at]), ask=int(trades.ask[at]), bid=int(trades.bid[at]),
                last=int(trades.price[at]), volume=int(trades.volume[at]), sold=0, bought=0,
                expected_price=0, expected_quantity=0,
            )
            for at in range(max(number - 1, 0), number + 1)
        ]  # fmt: skip
        state = states[-1]
        (asks, bids), (old_asks, old_bids) = (
            self._sides(exchange, each) for each in (state, states[0])
        )
        ask_total, bid_total = sum(asks[1]), sum(bids[1])
        book = Book(
            code=frame.instrument.code,
            time_ms=state.time_ms,
            asks=_levels(asks, old_asks),
            bids=_levels(bids, old_bids),
            ask_total=ask_total,
            bid_total=bid_total,
            ask_total_change=ask_total - sum(old_asks[1]),
            bid_total_change=bid_total - sum(old_bids[1]),
            base=frame.base,
            last=state.last,
            volume=state.volume,
            expected_price=0,
            expected_quantity=0,
        )
        shown = venue_book(book, Venue.NXT, book_share(frame), state.last, state.volume)
        return shown if venue is Venue.NXT else structs.replace(shown, base=frame.base)

    def _book(self, code: str, now: int) -> Book:
        shown = self._days.symbol_day(code, self._session(now))
        day, time = self._latest(shown, now)
        state, asks, bids = self._content(day, time)
        _, before_asks, before_bids = self._content(*self._latest(day, time - 1))
        ask_total, bid_total = sum(asks[1]), sum(bids[1])
        current = shown is day
        return Book(
            code=code,
            time_ms=time,
            asks=_levels(asks, before_asks),
            bids=_levels(bids, before_bids),
            ask_total=ask_total,
            bid_total=bid_total,
            ask_total_change=ask_total - sum(before_asks[1]),
            bid_total_change=bid_total - sum(before_bids[1]),
            base=shown.frame.base,
            last=state.last if current else shown.frame.base,
            volume=state.volume if current else 0,
            expected_price=state.expected_price,
            expected_quantity=state.expected_quantity,
        )

    def state(self, code: str, now: int) -> State:
        """Return what the book rests on at an instant: best quotes and expected price."""
        day, time = self._latest(self._days.symbol_day(code, self._session(now)), now)
        name = day.frame.stamp, time
        for earlier, found in self._kept.get(code, ()):
            if earlier == name:
                return found[0]
        alone = self._states.get(code)
        if alone is None or alone[0] != name:
            alone = self._states[code] = name, state_at(day, time)
        return alone[1]

    def changes(self, code: str, start: int, end: int, venue: Venue = Venue.KRX) -> list[int]:
        """Return the times at which new states begin, start < time <= end."""
        times: list[int] = []
        for day in self._days.calendar.sessions(day_of(start), day_of(end)).tolist():
            own = self._days.symbol_day(code, day)
            found = change_times(own, start, end)
            times += inside(found, main_session(own.frame)) if venue is Venue.NXT else found
            if venue is not Venue.KRX and self._days.evenings(code, day):
                elsewhere = self._days.symbol_day(code, day, venue)
                late = elsewhere.trades(elsewhere.frame.slots - 1).time.tolist()
                times += [
                    time
                    for time in late
                    if start < time <= end and self._is_evening(elsewhere, time)
                ]
        return times

    def _session(self, now: int) -> int:
        return self._days.calendar.latest(day_of(now))

    def _latest(self, day: SymbolDay, time: int) -> tuple[SymbolDay, int]:
        """Return the day and time of the state that holds at a time."""
        found = state_time(day, time)
        if found is not None:
            return day, found
        calendar = self._days.calendar
        if calendar.session_index(day.frame.day) <= calendar.first_index:
            return day, marks(day)[0]
        previous = calendar.previous(day.frame.day)
        earlier = self._days.symbol_day(day.frame.instrument.code, previous)
        return self._latest(earlier, time)

    def _content(self, day: SymbolDay, time: int) -> tuple[State, Side, Side]:
        """Return the state that begins at a time, and both sides of its book."""
        code = day.frame.instrument.code
        name = day.frame.stamp, time
        kept = self._kept.get(code, ())
        for earlier, found in kept:
            if earlier == name:
                return found
        state = state_at(day, time)
        content = state, *self._sides(day, state)
        self._kept[code] = ((name, content), *kept[: _KEPT - 1])  # one step: threads may read
        return content

    def _sides(self, day: SymbolDay, state: State) -> tuple[Side, Side]:
        """Return prices and quantities of both sides, best first; empty at a limit."""
        frame, table = day.frame, day.frame.table
        edges = tick_rank([state.ask, state.bid, frame.upper, frame.lower], table).tolist()
        ask, bid, top, bottom = edges
        asks = min(LEVELS, max(top - ask + 1, 1)) if state.ask else 0
        bids = min(LEVELS, max(bid - bottom + 1, 1)) if state.bid else 0
        parts = [(ask, ask + _STEPS[:asks])] if asks else []
        parts += [(bid, bid - _STEPS[:bids])] if bids else []
        if not parts:
            return ([], []), ([], [])
        noise = np.concatenate(
            [
                self._noise(day, state.time_ms, best)[ranks - (best // _RANKS * _RANKS - _MARGIN)]
                for best, ranks in parts
            ]
        )
        prices = price_at_rank(np.concatenate([ranks for _, ranks in parts]), table)
        usual = max(3.0, float(self._days.universe.ref_volume[frame.position]) * _DEPTH_SHARE)
        steps = tick_sizes(prices, table)
        boost = np.where(prices % (steps * 10) == 0, _ROUND_BOOST, 1.0)
        boost = np.where(prices % (steps * 10) == steps * 5, _HALF_BOOST, boost)
        shape = np.concatenate([_SHAPE[:asks], _SHAPE[:bids]])
        if not asks or not bids:  # locked at a limit: everybody queues there
            shape[0] *= _QUEUE
        amounts = usual * shape * boost * np.exp(_NOISE * noise)
        quantities = np.maximum(np.rint(amounts).astype(np.int64), 1).tolist()
        for first, count, gone in ((0, asks, state.bought), (asks, bids, state.sold)):
            if count:
                whole = quantities[first]
                quantities[first] = max(whole - gone, whole // 8, 1)
        listed = prices.tolist()
        return (listed[:asks], quantities[:asks]), (listed[asks:], quantities[asks:])

    def _noise(self, day: SymbolDay, time: int, rank: int) -> Floats:
        """Return the depth noise of 64 price ranks around a rank at a time."""
        knots = day.frame.knots
        number = knots.number(time)
        group, block = number // _GROUP, rank // _RANKS
        key = ("depth", day.frame.instrument.code, group, block)
        grid = self._store.get(key, lambda: _draw_depth(knots.key, group, block))
        share = (time - knots.time(number)) / KNOT_MS
        column = number - group * _GROUP
        noise: Floats = grid[:, column] * (1 - share) + grid[:, column + 1] * share
        return noise


def _empty(book: Book) -> Book:
    """Return a book without orders, for a symbol that a venue does not trade."""
    nothing = (Level(0, 0, 0),) * LEVELS
    return structs.replace(
        book, asks=nothing, bids=nothing, ask_total=0, bid_total=0, ask_total_change=0,
        bid_total_change=0, last=book.base, volume=0, expected_price=0, expected_quantity=0,
    )  # fmt: skip


def _draw_depth(key: tuple[int, int], group: int, block: int) -> Floats:
    """Return normals of shape (64, 13): price ranks around a block, knots of a minute."""
    ranks = np.arange(block * _RANKS - _MARGIN, (block + 1) * _RANKS + _MARGIN)
    numbers = np.arange(group * _GROUP, (group + 1) * _GROUP + 1)
    ranks_wrapped = ranks.astype(np.uint64)[:, None] & _MASK
    words = philox_block(*key, numbers[None, :], ranks_wrapped, 0, _DEPTH_LANE)[0]
    return normal_quantile((words.astype(np.float64) + 0.5) * 2.0**-32)


def _levels(side: Side, before: Side) -> tuple[Level, ...]:
    """Return ten levels with their change against the state before; missing ones are empty."""
    known = dict(zip(*before, strict=True))
    found = [
        Level(price, quantity, quantity - known.get(price, 0))
        for price, quantity in zip(*side, strict=True)
    ]
    return tuple(found + [Level(0, 0, 0)] * (LEVELS - len(found)))
