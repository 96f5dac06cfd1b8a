"""Gather index levels into candles of ticks, minutes, days, weeks, months and years.

Sessions of the run come from `index_slots`, earlier ones from `index_history`; the answers here
are about one index, given as its row in the table.
"""

import numpy as np

from kiwoom_sim.core.clock import (
    MS_PER_DAY,
    MS_PER_MINUTE,
    day_of,
    moment,
    time_of_day,
)
from kiwoom_sim.market.basis import Basis
from kiwoom_sim.market.indices.bars import IndexBars, join
from kiwoom_sim.market.indices.history import IndexHistory
from kiwoom_sim.market.indices.slots import IndexSlots
from kiwoom_sim.market.indices.ticks import IndexTicks, gather, last_second, select
from kiwoom_sim.market.intraday.path import SECONDS
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.views.candles import (
    NO_CANDLES,
    join_candles,
    minutes_of,
    newest,
    periods_of,
)

_MINUTE_BLOCK = 16
"""Earlier sessions whose minutes are built together."""

_SESSIONS_MAX = {"week": 5, "month": 23, "year": 253}
"""Sessions that a period has at most."""

_CLOSING_GAP = 700
"""More seconds than lie between the last tick of continuous trading and the closing prints."""


class IndexCandles:
    """Answer candles of indices."""

    def __init__(
        self, basis: Basis, history: IndexHistory, slots: IndexSlots, bars: IndexBars
    ) -> None:
        """Bind what knows earlier sessions and the sessions of the run."""
        self._store = basis.store
        self._calendar = basis.calendar
        self._history = history
        self._slots = slots
        self._bars = bars
        self._start = self._calendar.session_index(self._calendar.latest(basis.start_day))

    def in_run(self, day: int) -> bool:
        """Say whether a session belongs to the run."""
        return self._calendar.session_index(day) >= self._start

    def session_before(self, row: int, day: int) -> tuple[int, int]:
        """Return closing level and volume of the session before one."""
        session = self._calendar.session_index(day)
        before = session - 1
        if session == self._calendar.first_index:
            return int(self._history.days(session, session).base[row, 0]), 0
        if before < self._start:
            days = self._history.days(before, before)
            return int(days.close[row, 0]), int(days.volume[row, 0])
        key = self._slots.day_key(self._calendar.day_at(before))
        ends = self._store.get(("index-end", *key), lambda: self._ends(key[1]))
        return int(ends[0, row]), int(ends[1, row])

    def _ends(self, day: int) -> Ints:
        """Return closing levels and volumes of a session of the run, shape (2, indices)."""
        frame = self._slots.day(day)
        return np.stack([frame.close[:, -1], frame.volume[:, -1]])

    def days(self, row: int, now: int, last_day: int, count: int) -> Candles:
        """Return the newest `count` day candles up to a day; today's is as of `now`."""
        newest = self._calendar.latest(min(last_day, day_of(now)))
        pieces: list[Candles] = []
        today = None
        if newest == day_of(now) and self.in_run(newest):
            today = self._run_day(row, newest, now)
            newest = self._calendar.previous(newest)
            count -= today is not None
        last = self._calendar.session_index(newest)
        first = max(self._calendar.first_index, last - count + 1)
        if first < self._start and count > 0:
            pieces.append(self._past_days(row, first, min(last, self._start - 1)))
        pieces += [
            self._finished(row, self._calendar.day_at(session))
            for session in range(max(first, self._start), last + 1)
        ]
        if today is not None:
            pieces.append(today)
        return join_candles(pieces)

    def periods(self, row: int, now: int, last_day: int, count: int, period: str) -> Candles:
        """Return the newest `count` candles of `week`s, `month`s or `year`s of days."""
        days = self.days(row, now, last_day, (count + 1) * _SESSIONS_MAX[period])
        return newest(periods_of(days, period), count)

    def minutes(self, row: int, now: int, size: int, count: int, before: int | None) -> Candles:
        """Return the newest `count` candles of `size` minutes that start before a time."""
        limit = now + 1 if before is None else min(before, now + 1)
        pieces: list[Candles] = []
        held = 0
        for day in self._sessions_back(limit):
            whole = self._run_minutes(row, day, now) if self.in_run(day) else self._past(row, day)
            opened = moment(day, session_times(self._calendar, day).open_ms)
            found = minutes_of(whole, size, opened)
            found = select(found, found.time < limit)
            pieces.insert(0, found)
            held += len(found)
            if held >= count:
                break
        return newest(join_candles(pieces), count)

    def tick_candles(
        self, row: int, now: int, size: int, count: int, before: int | None
    ) -> Candles:
        """Return the newest `count` candles of `size` ticks that start before a time."""
        limit = now + 1 if before is None else min(before, now + 1)
        pieces: list[Candles] = []
        held = 0
        for day in self._sessions_back(limit):
            end = min(now, limit + (size + _CLOSING_GAP) * 1_000)
            wanted = (count - held) * size + 2 * size + _CLOSING_GAP
            ticks = self._newest_ticks(row, day, end, wanted, size)
            if len(ticks):
                base, _ = self.session_before(row, day)
                found = gather(ticks, ticks.number // size, base)
                found = select(found, found.time < limit)
                pieces.insert(0, found)
                held += len(found)
            if held >= count:
                break
        return newest(join_candles(pieces), count)

    def _sessions_back(self, limit: int) -> list[int]:
        """Return the sessions with instants before a time, newest first."""
        days: list[int] = self._calendar.sessions(self._calendar.first_day, day_of(limit - 1))[
            ::-1
        ].tolist()
        return days

    def _run_day(self, row: int, day: int, now: int) -> Candles | None:
        """Return the candle of a session of the run as of `now`, or None before its first tick."""
        found = self._slots.position(day, last_second(time_of_day(now)))
        if found is None:
            return None
        slot, inside = found
        frame = self._slots.day(day)
        ticks = self._slots.ticks(day, slot)
        window = (row, slice(0, inside + 1))
        extremes = join(
            self._bars.until(row, day, slot), self._bars.part(row, day, slot, inside + 1)
        )
        if extremes.open == 0:
            return None
        columns = {
            "time": moment(day),
            "open": extremes.open,
            "high": extremes.high,
            "low": extremes.low,
            "close": int(ticks.level[row, inside]),
            "volume": int(frame.volume[row, slot] + ticks.volume[window].sum()),
            "turnover": int(frame.turnover[row, slot] + ticks.turnover[window].sum()),
            "base": self.session_before(row, day)[0],
        }
        return Candles(**{name: np.array([value]) for name, value in columns.items()})

    def _finished(self, row: int, day: int) -> Candles:
        """Return the candle of a session of the run that is over."""

        def build() -> Candles:
            found = self._run_day(row, day, moment(day, MS_PER_DAY - 1))
            return self._silent_day(row, day) if found is None else found

        return self._store.get(("index-run-day", row, *self._slots.day_key(day)), build)

    def _silent_day(self, row: int, day: int) -> Candles:
        """Return the candle of a session without a tick."""
        base, _ = self.session_before(row, day)
        level, nothing = np.array([base]), np.array([0])
        return Candles(
            time=np.array([moment(day)]),
            open=level,
            high=level,
            low=level,
            close=level,
            volume=nothing,
            turnover=nothing,
            base=level,
        )

    def _past_days(self, row: int, first: int, last: int) -> Candles:
        days = self._history.days(first, last)
        return Candles(
            time=days.day * MS_PER_DAY,
            open=days.open[row],
            high=days.high[row],
            low=days.low[row],
            close=days.close[row],
            volume=days.volume[row],
            turnover=days.turnover[row],
            base=days.base[row],
        )

    def _past(self, row: int, day: int) -> Candles:
        """Return the one-minute candles of a session before the run."""
        session = self._calendar.session_index(day)
        block = session // _MINUTE_BLOCK
        minutes = self._store.get(
            ("index-minutes", row, block), lambda: self._build_past(row, block), heavy=True
        )
        return minutes[session]

    def _build_past(self, row: int, block: int) -> dict[int, Candles]:
        first = max(block * _MINUTE_BLOCK, self._calendar.first_index)
        last = min((block + 1) * _MINUTE_BLOCK, self._calendar.last_index + 1)
        return {session: self._past_session(row, session) for session in range(first, last)}

    def _past_session(self, row: int, session: int) -> Candles:
        ticks = self._history.build_ticks(row, session)
        base = int(self._history.days(session, session).base[row, 0])
        minute = ticks.second // SECONDS
        return gather(ticks, minute, base, starts=moment(ticks.day) + minute * MS_PER_MINUTE)

    def _run_minutes(self, row: int, day: int, now: int) -> Candles:
        """Return the one-minute candles of a session of the run as of `now`."""
        second = last_second(time_of_day(now)) if day == day_of(now) else MS_PER_DAY // 1_000
        found = self._slots.position(day, second)
        if found is None:
            return NO_CANDLES
        slot, inside = found
        frame, ticks = self._slots.day(day), self._slots.ticks(day, slot)
        last = self._bars.part(row, day, slot, inside + 1)
        opened, high, low = (
            np.append(column, value)
            for column, value in zip(
                self._bars.columns(row, day, slot), (last.open, last.high, last.low), strict=True
            )
        )
        close = np.append(frame.close[row, :slot], ticks.level[row, inside])
        totals = {
            name: np.diff(getattr(frame, name)[row, : slot + 2]) for name in ("volume", "turnover")
        }
        for name, whole in totals.items():
            whole[-1] = getattr(ticks, name)[row, : inside + 1].sum()
        starts = np.array([self._slots.slot_start(day, at) for at in range(slot + 1)])
        base, _ = self.session_before(row, day)
        candles = Candles(
            time=moment(day) + starts * 1_000, open=opened, high=high, low=low, close=close,
            **totals, base=np.full(slot + 1, base),
        )  # fmt: skip
        return select(candles, candles.open > 0)

    def _newest_ticks(self, row: int, day: int, end: int, wanted: int, size: int) -> IndexTicks:
        """Return at least `wanted` newest ticks up to a time, from a multiple of `size` on."""
        if not self.in_run(day):
            ticks = self._history.ticks(row, self._calendar.session_index(day))
            return ticks.take(ticks.times() <= end)
        second = last_second(time_of_day(end)) if day == day_of(end) else MS_PER_DAY // 1_000
        found = self._slots.position(day, second)
        if found is None:
            return self._run_ticks(row, day, [])
        slot, inside = found
        newest = slot * SECONDS + inside
        oldest = max(0, (newest - wanted) // size * size)
        ticks = self._run_ticks(row, day, list(range(oldest // SECONDS, slot + 1)))
        return ticks.take((ticks.number >= oldest) & (ticks.number <= newest))

    def _run_ticks(self, row: int, day: int, slots: list[int]) -> IndexTicks:
        """Return the ticks of some slots of a session of the run."""
        frame = self._slots.day(day)
        parts: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 5]
        for slot in slots:
            ticks = self._slots.ticks(day, slot)
            volume = ticks.volume[row]
            inside = np.flatnonzero(frame.volume[row, slot] + np.cumsum(volume) > 0)
            parts.append(
                (
                    slot * SECONDS + inside,
                    self._slots.slot_start(day, slot) + inside,
                    ticks.level[row, inside],
                    volume[inside],
                    ticks.turnover[row, inside],
                )
            )
        number, second, level, volume, turnover = (
            np.concatenate(columns) for columns in zip(*parts, strict=True)
        )
        return IndexTicks(
            day=day, number=number, second=second, level=level, volume=volume, turnover=turnover
        )
