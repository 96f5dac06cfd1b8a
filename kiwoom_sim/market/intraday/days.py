"""Find any symbol's day: the path's, or what the overlay made of it.

Theory of operation: before a symbol's first event its days are the path's. From there on each day
starts from what the day before left (`Carry`): its close is the new base, ratios of earlier pins
and splits scale the day's bar before it is split into minutes, and days on which something
happens during the day are made into a `Tape`.

Invariants: base = close of the session before (times old over new shares after a split); a day
without events costs no more than a day of the path.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import numpy as np
from msgspec import Struct, structs

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.alterations import (
    PPM,
    BoardEvent,
    Closure,
    Debut,
    Evening,
    Event,
    Farewell,
    Liquidation,
    Split,
    Tide,
)
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.density import Densities
from kiwoom_sim.market.intraday.bends import Bend, bend_of
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.dense import DenseSource
from kiwoom_sim.market.intraday.liquidation import liquidation_auctions
from kiwoom_sim.market.intraday.path import auction_ends
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.symbol_day import PathSource, Source, SymbolDay
from kiwoom_sim.market.intraday.tape import Carry, Tape, TapeSource, make_tape, scaled_bar
from kiwoom_sim.market.intraday.touch import Knots
from kiwoom_sim.market.intraday.venues import main_session, venue_day
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.overlay import Overlay, PriceRules
from kiwoom_sim.market.records import Ints, Venue
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.market.rules.sessions import SessionTimes, session_times
from kiwoom_sim.market.rules.ticks import debut_limits, price_limits, round_to_tick, tick_sizes
from kiwoom_sim.market.store import Store

_RATIO_DENOMINATOR_MAX = 1_000_000
_ELSEWHERE = Split | Debut | Liquidation | Farewell | Evening
"""What the trades of a day on the exchange do not show by themselves."""


class ShownDay(Struct, frozen=True, kw_only=True):
    """Hold a finished day of one symbol as it shows.

    Attributes:
        bar: The day bar that minutes are split from, shape (1,).
        final: The day bar at the end of the day, shape (1,); differs from `bar` on taped days.
        tape: Finished prints, or None if the path makes them.
        carry: What the next session starts from.
        bend: What happens to the symbol's board, or None.
    """

    frame: DayFrame
    bar: Bars
    final: Bars
    tape: Tape | None
    carry: Carry
    bend: Bend | None = None


class Days:
    """Find and keep the days of all symbols."""

    def __init__(
        self, universe: Universe, calendar: Calendar, daily: DailyPath, store: Store
    ) -> None:
        self.universe = universe
        self.calendar = calendar
        self.daily = daily
        self.store = store
        self.overlay = Overlay(universe, calendar, self._rules)
        self.densities = Densities()
        self._knots: dict[str, Knots] = {}

    def position(self, code: str) -> int:
        """Return the row of a symbol.

        Raises:
            KeyError: The symbol is not priced.
        """
        position = self.universe.index(code)
        if position is None:
            raise KeyError(code)
        return position

    def times(self, day: int) -> SessionTimes:
        """Return the times of a session."""
        return session_times(self.calendar, day)

    def stamp(self, code: str, day: int) -> int:
        """Return the state of the overlay that a symbol's day depends on; 0 for the bare path."""
        first = self.overlay.first_day(code)
        return 0 if first is None or day < first else self.overlay.revision(code)

    def symbol_day(self, code: str, day: int, venue: Venue = Venue.KRX) -> SymbolDay:
        """Return a symbol's day on a venue."""
        key = ("symbol-day", code, day, self.state(code, day), venue.value)
        if venue is Venue.KRX:
            return self.store.get(key, lambda: self._build_day(code, day))
        own = self.symbol_day(code, day)
        if venue is Venue.ALL and main_session(own.frame) is None:
            return own
        evenings = self.evenings(code, day)
        return self.store.get(key, lambda: venue_day(own, venue, self.store, evenings), heavy=True)

    def evenings(self, code: str, day: int) -> list[Evening]:
        """Return when a symbol trades in the after-market of a day, in order."""
        events = self.overlay.events_on(code, day)
        return [event for event in events if isinstance(event, Evening)]

    def shown(self, code: str, day: int) -> ShownDay:
        """Return the finished day of a symbol."""
        stamp = self.stamp(code, day)
        if stamp == 0:
            return self.store.get(("shown", code, day, 0), lambda: self._plain(code, day))
        first = self.overlay.first_day(code)
        assert first is not None, "a stamp means that there are events"
        before = self.calendar.previous(first)
        shown = self.shown(code, before)
        for each in self.calendar.sessions(first, day).tolist():
            shown = self.store.get(
                ("shown", code, each, stamp),
                partial(self._changed, code, each, shown.carry, stamp),
                heavy=bool(self.overlay.events_on(code, each)),
            )
        return shown

    def listed_shares(self, code: str, day: int) -> int:
        """Return the number of listed shares (상장주식수) on a day."""
        shares = int(self.universe.shares[self.position(code)])
        for split in self.overlay.splits(code):
            if split.at_ms <= moment(day):
                shares = shares * split.new // split.old
        return shares

    def state(self, code: str, day: int) -> int:
        """Return what a symbol's trades on a day depend on: its stamp, and how dense they are."""
        return self.stamp(code, day) + (self.densities.revision(day) << 32)

    def _build_day(self, code: str, day: int) -> SymbolDay:
        shown = self.shown(code, day)
        frame = structs.replace(shown.frame, stamp=self.state(code, day))
        source: Source
        if shown.tape is None:
            source = PathSource(self.universe, frame, shown.bar, self.store, shown.bend)
        else:
            source = TapeSource(frame, shown.tape)
        if self.densities.revision(day):
            source = DenseSource(source, frame, self.densities, self.store)
        return SymbolDay(frame, source, self.store)

    def _path(self, code: str, day: int) -> tuple[Bars, Carry, Ints]:
        """Return the path's day bar, what the session before left, and (lower, upper)."""
        session = self.calendar.session_index(day)
        earlier = max(session - 1, self.calendar.first_index)
        bars = self.daily.bars(np.array([self.position(code)]), earlier, session)
        columns = (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover)
        carry = Carry(
            close=int(bars.base[0, -1]),
            volume=int(bars.volume[0, 0]),
            turnover=int(bars.turnover[0, 0]),
        )
        limits = np.array([bars.lower[0, -1], bars.upper[0, -1]])
        return Bars(*(column[:, -1] for column in columns)), carry, limits

    def _plain(self, code: str, day: int) -> ShownDay:
        bar, carry, limits = self._path(code, day)
        frame = self._frame(code, day, carry, (int(limits[0]), int(limits[1])))
        return ShownDay(frame=frame, bar=bar, final=bar, tape=None, carry=_after(bar, carry))

    def _changed(self, code: str, day: int, carry: Carry, stamp: int) -> ShownDay:
        """Return a day that starts from a carried state."""
        events = self.overlay.events_on(code, day)
        bar, before, _ = self._path(code, day)
        for event in events:
            carry = _begun(carry, event, self._table(code, day), before.close)
        frame = self._frame(code, day, carry, self._limits(code, day, carry.close), stamp)
        bar = scaled_bar(bar, carry, frame)
        wide = [event for event in events if isinstance(event, Tide | Closure)]
        own = [event for event in events if not isinstance(event, _ELSEWHERE | Tide | Closure)]
        liquidated = any(isinstance(event, Liquidation) for event in events)
        bend = bend_of(wide, frame.times)
        frame = structs.replace(frame, **_closures(wide, moment(day + 1)))
        if not own and carry.halted and carry.pin is None:
            whole = (moment(day), moment(day + 1))
            frame = structs.replace(frame, halts=(whole,), interruptions=())
            bar, bend = _flat(carry.close), None
        if not own and carry.pin is None and not liquidated:
            final = bar
            if bend is not None:
                final = _whole(PathSource(self.universe, frame, bar, self.store, bend).slots)
                carry = _moved(carry, _drift(wide))
            after = _after(final, carry)
            return ShownDay(frame=frame, bar=bar, final=final, tape=None, carry=after, bend=bend)
        source = PathSource(self.universe, frame, bar, self.store, bend)
        prints, last_ms = source.prints(0, frame.slots - 1), 0
        if liquidated:
            auctions, last_ms = liquidation_auctions(self.universe.seed, frame, prints)
            own = sorted([*own, *auctions], key=lambda event: event.at_ms)
        tape = make_tape(frame, prints, carry, own)
        spans = tape.interruptions
        if liquidated:
            spans = (*spans, (last_ms + 1, frame.closing_end_ms))
        frame = structs.replace(frame, halts=tape.halts, interruptions=spans)
        final = _whole(TapeSource(frame, tape).slots)
        state = structs.replace(
            _moved(carry, _drift(wide) * tape.ratio), pin=tape.pin, halted=tape.halted
        )
        after = _after(final, state)
        return ShownDay(frame=frame, bar=bar, final=final, tape=tape, carry=after, bend=bend)

    def _frame(
        self, code: str, day: int, carry: Carry, limits: tuple[int, int], stamp: int = 0
    ) -> DayFrame:
        position = self.position(code)
        instrument = self.universe.instruments[position]
        times = self.times(day)
        ends = auction_ends(self.universe, np.array([position]), np.array([day]))
        return DayFrame(
            instrument=instrument,
            position=position,
            day=day,
            times=times,
            knots=self._knots_of(code),
            table=self._table(code, day),
            opening_end_ms=moment(day, times.open_ms + int(ends[0][0])),
            closing_end_ms=moment(day, times.close_ms + int(ends[1][0])),
            base=carry.close,
            lower=limits[0],
            upper=limits[1],
            shares=self.listed_shares(code, day),
            previous_volume=carry.volume,
            previous_turnover=carry.turnover,
            stamp=stamp,
        )

    def _knots_of(self, code: str) -> Knots:
        knots = self._knots.get(code)
        if knots is None:
            instrument = self.universe.by_code[code]
            knots = self._knots[code] = Knots(self.universe.seed, instrument)
        return knots

    def _table(self, code: str, day: int) -> int:
        return int(self.universe.tick_tables(day)[self.position(code)])

    def _limits(self, code: str, day: int, base: int) -> tuple[int, int]:
        percent = self.universe.limit_percents(day)[self.position(code)]
        for event in self.overlay.events_on(code, day):
            if isinstance(event, Debut):
                return debut_limits(base, self._table(code, day))
            percent = 0 if isinstance(event, Liquidation) else percent
        lower, upper = price_limits(base, self._table(code, day), percent)
        return int(lower), int(upper)

    def _rules(self, code: str, day: int) -> PriceRules:
        frame = self.shown(code, day).frame
        return PriceRules(
            frame.lower, frame.upper, lambda price: int(tick_sizes(price, frame.table))
        )


def _after(bar: Bars, state: Carry) -> Carry:
    """Return a state with the close and totals of a finished day."""
    return structs.replace(
        state, close=int(bar.close[-1]), volume=int(bar.volume[-1]), turnover=int(bar.turnover[-1])
    )


def _moved(state: Carry, by: Fraction) -> Carry:
    """Return a state with another ratio."""
    return structs.replace(
        state, ratio=(state.ratio * by).limit_denominator(_RATIO_DENOMINATOR_MAX)
    )


def _drift(events: Sequence[BoardEvent]) -> Fraction:
    """Return how far a board has moved at the end of a day."""
    drift = Fraction(1)
    for event in events:
        if isinstance(event, Tide):
            drift *= Fraction(event.knots[-1][1], PPM)
    return drift


def _closures(events: Sequence[BoardEvent], midnight: int) -> dict[str, object]:
    """Return the stretches in which a board is closed, and its auctions afterwards."""
    closures = [event for event in events if isinstance(event, Closure)]
    return {
        "halts": tuple(
            (each.at_ms, each.auction_ms if each.end_ms else midnight) for each in closures
        ),
        "interruptions": tuple((each.auction_ms, each.end_ms) for each in closures if each.end_ms),
    }


def _flat(price: int) -> Bars:
    prices = np.array([price], dtype=np.int64)
    nothing = np.zeros(1, dtype=np.int64)
    return Bars(prices, prices, prices, prices, nothing, nothing)


def _begun(carry: Carry, event: Event, table: int, path_base: int) -> Carry:
    """Return the state from which a day starts on which something happens.

    Args:
        carry: What the session before left.
        event: What happens.
        table: Price-step table.
        path_base: Base price of the path's day.
    """
    if isinstance(event, Split):
        return _split(carry, event, table)
    if isinstance(event, Debut):
        ratio = Fraction(event.price * event.opening_ppm, PPM * path_base)
        return Carry(
            close=event.price,
            volume=0,
            turnover=0,
            ratio=ratio.limit_denominator(_RATIO_DENOMINATOR_MAX),
        )
    if isinstance(event, Liquidation):
        return _moved(carry, Fraction(event.factor_ppm, PPM))
    if isinstance(event, Farewell):
        return structs.replace(carry, halted=True, pin=None)
    return carry


def _split(carry: Carry, split: Split, table: int) -> Carry:
    """Return the carried state in new shares."""
    back = Fraction(split.old, split.new)
    close = round_to_tick(carry.close * split.old // split.new, table)
    return structs.replace(
        carry,
        close=int(close),
        volume=carry.volume * split.new // split.old,
        ratio=(carry.ratio * back).limit_denominator(_RATIO_DENOMINATOR_MAX),
        shares=carry.shares / back,
    )


def _whole(slots: Bars) -> Bars:
    """Return the day bar of slots, shape (1,); flat at the base if nothing traded."""
    busy = np.flatnonzero(slots.volume > 0)
    if not len(busy):
        return _flat(int(slots.close[-1]))
    traded = slots.take(busy)
    values = (
        traded.open[0], traded.high.max(), traded.low.min(), traded.close[-1],
        traded.volume.sum(), traded.turnover.sum(),
    )  # fmt: skip
    return Bars(*(np.array([value], dtype=np.int64) for value in values))
