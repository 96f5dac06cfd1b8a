"""Answer about indices and sectors (업종): quotes, candles, ticks and members.

Levels are integers of 1/100 point. Sessions of the run come from the members second by second
(`index_slots`), earlier ones from the members' day bars (`index_history`); both end a session at
the level of the members' closes.

Invariants: `index = members` at the end of every session and, once somebody can listen, of every
second; ticks gather into minutes, minutes into days, days into weeks and months.

Known deviations: indices exist in the regular session only, which is also all the broker shows.
"""

import numpy as np

from kiwoom_sim.core.clock import MS_PER_DAY, MS_PER_SECOND, day_of, moment, time_of_day
from kiwoom_sim.market.basis import Basis, LiveUniverse
from kiwoom_sim.market.indices.bars import NOTHING, IndexBars, Stretch, join
from kiwoom_sim.market.indices.candles import IndexCandles
from kiwoom_sim.market.indices.history import IndexHistory
from kiwoom_sim.market.indices.slots import IndexSlots
from kiwoom_sim.market.indices.table import IndexTable
from kiwoom_sim.market.indices.ticks import last_second, tick_time
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.overlay import Overlay
from kiwoom_sim.market.records import Candles, IndexQuote
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.store import NotReady


class Indices:
    """Answer questions about indices by their 3-digit code; an unknown code is a `KeyError`."""

    def __init__(
        self,
        basis: Basis,
        members: LiveUniverse,
        overlay: Overlay,
        *,
        live_from: int | None = None,
    ) -> None:
        """Bind the parts of a market.

        Args:
            basis: Parts of the market.
            members: All symbols, overlay included.
            overlay: Says when something was done to the market.
            live_from: Market time at which the run starts; its day's midnight if not given.
        """
        self._universe_codes = basis.universe.codes
        self._calendar = basis.calendar
        self._table = IndexTable(basis.universe, load_reference())
        since = moment(basis.start_day) if live_from is None else live_from
        self._slots = IndexSlots(basis, self._table, members, overlay, since)
        self._bars = IndexBars(basis, self._slots)
        self._asked = False
        history = IndexHistory(basis, self._table)
        self._candles = IndexCandles(basis, history, self._slots, self._bars)

    def codes(self) -> list[str]:
        """Return all index codes, in the broker's order."""
        return self._table.codes

    def members(self, code: str) -> list[str]:
        """Return the codes of an index's members, in the order of the universe."""
        places = self._table.members[self._row(code)].tolist()
        return [self._universe_codes[place] for place in places]

    def quote(self, code: str, now: int) -> IndexQuote:
        """Return an index at an instant; its newest tick of the day is at or before it.

        On a day without a session it is that of the session before. Before the day's first tick
        `last` is the base, open, high and low are 0, and times are of the previous close.
        """
        day = self._calendar.latest(day_of(now))
        of_day = time_of_day(now) if day == day_of(now) else MS_PER_DAY - 1
        return self._quote(self._row(code), day, last_second(of_day))

    def ticks(self, code: str, start: int, end: int) -> list[IndexQuote]:
        """Return the index at each of its ticks with start < time <= end, in sessions of the run.

        There is one tick per second of trading, at the second's last millisecond.
        """
        row = self._row(code)
        quotes = []
        for day in self._calendar.sessions(day_of(start), day_of(end)).tolist():
            if not self._candles.in_run(day):
                continue
            times = session_times(self._calendar, day)
            first = max(last_second(start - moment(day)) + 1, times.open_ms // MS_PER_SECOND)
            last = min(last_second(end - moment(day)), MS_PER_DAY // MS_PER_SECOND - 1)
            for second in range(first, last + 1):
                state = self._slots.state(day, second)
                if state is not None and state.second == second and state.volume[row] > 0:
                    quotes.append(self._quote(row, day, second))
        return quotes

    def days(self, code: str, now: int, last_day: int, count: int) -> Candles:
        """Return the newest `count` day candles up to a day; today's is as of `now`.

        Today has no candle before its first tick.
        """
        return self._candles.days(self._row(code), now, last_day, count)

    def periods(self, code: str, now: int, last_day: int, count: int, period: str) -> Candles:
        """Return the newest `count` candles of `week`s, `month`s or `year`s of days.

        Each holds the sessions up to `last_day` and `now`; its time is its first session.
        """
        return self._candles.periods(self._row(code), now, last_day, count, period)

    def minutes(
        self, code: str, now: int, size: int, count: int, before: int | None = None
    ) -> Candles:
        """Return the newest `count` candles of `size` minutes that start before a time.

        Candles start at multiples of `size` minutes after the opening.
        """
        return self._candles.minutes(self._row(code), now, size, count, before)

    def tick_candles(
        self, code: str, now: int, size: int, count: int, before: int | None = None
    ) -> Candles:
        """Return the newest `count` candles of `size` ticks that start before a time.

        Seconds of trading are numbered from the opening; candles start at multiples of `size`.
        """
        return self._candles.tick_candles(self._row(code), now, size, count, before)

    def _row(self, code: str) -> int:
        row = self._table.row(code)
        if row is None:
            raise KeyError(code)
        self._asked = True
        return row

    def ahead(self, now: int) -> NotReady | None:
        """Return what to build aside so that questions about today stay quick; None if nothing.

        A step takes about 20 ms, the first one of a session some tenths of a second. Nothing but
        time is lost when nobody builds it. Ask again once it is built. There is nothing to do
        before the first question about any index.
        """
        return self._bars.ahead(now) if self._asked else None

    def _extremes(self, row: int, day: int, second: int) -> Stretch:
        """Return open and extremes of a session up to a second of it."""
        found = self._slots.position(day, second)
        if found is None:
            return NOTHING
        slot, inside = found
        return join(self._bars.until(row, day, slot), self._bars.part(row, day, slot, inside + 1))

    def _quote(self, row: int, day: int, second: int) -> IndexQuote:
        base, previous_volume = self._candles.session_before(row, day)
        size = int(self._table.sizes[row])
        state = self._slots.state(day, second)
        if state is None or state.volume[row] == 0:
            before = self._calendar.previous(day)
            closed = moment(before, session_times(self._calendar, before).close_ms)
            return IndexQuote(
                code=self._table.codes[row],
                day=day,
                time_ms=closed,
                last=base,
                base=base,
                open=0,
                high=0,
                low=0,
                high_time_ms=closed,
                low_time_ms=closed,
                volume=0,
                turnover=0,
                previous_volume=previous_volume,
                quantity=0,
                upper_count=0,
                rising_count=0,
                flat_count=size,
                falling_count=0,
                lower_count=0,
                traded_count=0,
                member_count=size,
            )
        extremes, breadth = self._extremes(row, day, second), state.breadth
        return IndexQuote(
            code=self._table.codes[row],
            day=day,
            time_ms=int(tick_time(day, np.int64(state.second))),
            last=int(state.level[row]),
            base=base,
            open=extremes.open,
            high=extremes.high,
            low=extremes.low,
            high_time_ms=int(tick_time(day, np.int64(extremes.high_at))),
            low_time_ms=int(tick_time(day, np.int64(extremes.low_at))),
            volume=int(state.volume[row]),
            turnover=int(state.turnover[row]),
            previous_volume=previous_volume,
            quantity=int(state.quantity[row]),
            upper_count=int(breadth.upper[row]),
            rising_count=int(breadth.rising[row]),
            flat_count=int(breadth.flat[row]),
            falling_count=int(breadth.falling[row]),
            lower_count=int(breadth.lower[row]),
            traded_count=int(state.traded[row]),
            member_count=size,
        )
