"""Answer chart questions: tick, minute, day and longer candles of a symbol as seen at a time.

Layout: past sessions without events come from blocks of `BLOCK` sessions, split in one go; today,
and days of the overlay, from the symbol's own day. `candles` does the merging.

Invariants: the candle in progress is made of the trades so far, so its close is the last price;
what is older than today does not change with `now`, except for adjustment by splits.

Known deviations: a symbol that was listed after the reference day, or not before the run, has
candles from before its listing all the same, so that any universe can be run on any day.
"""

from fractions import Fraction

import numpy as np

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.market.intraday.day_frame import slot_starts
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.path import DayRows, split_days, to_slots
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.symbol_day import SymbolDay, cut_trades
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY
from kiwoom_sim.market.views.candles import (
    NO_CANDLES,
    adjusted_by,
    join_candles,
    minutes_of,
    newest,
    period_labels,
    periods_of,
    ticks_of,
)

BLOCK = 32
"""Sessions whose minutes are made together."""

MINUTE_SESSIONS, TICK_SESSIONS = 280, 40
"""How far back from now minute and tick candles reach, in sessions."""

_PERIOD_SESSIONS = {"week": 6, "month": 24, "year": 255}


class Charts:
    """Answer candles."""

    def __init__(self, days: Days, start_day: int) -> None:
        """Bind the days of all symbols; `start_day` is the first day of the run."""
        self._days = days
        self._start_day = start_day

    def day_candles(
        self, code: str, now: int, last_day: int, count: int, *, adjusted: bool = False
    ) -> Candles:
        """Return the newest `count` day candles up to `last_day` as seen at `now`."""
        last = self._last_session(code, now, last_day)
        calendar = self._days.calendar
        first = max(last - count + 1, self._oldest(code))
        if count < 1 or last < first:
            return NO_CANDLES
        changed = self._first_changed(code, last + 1)
        today = calendar.latest(day_of(now))
        plain_end = min(last, changed - 1, calendar.session_index(today) - 1)
        pieces = []
        if first <= plain_end:
            pieces.append(self._plain_days(code, first, plain_end))
        rest = range(max(first, plain_end + 1), last + 1)
        pieces += [self._day_candle(code, calendar.day_at(session), now) for session in rest]
        return self._adjusted(join_candles(pieces), code, now, wanted=adjusted)

    def volume_at(self, code: str, now: int) -> int:
        """Return the shares traded on the day of `now` up to `now`."""
        if not self._days.calendar.is_session(day_of(now)):
            return 0
        trades, number = self._days.symbol_day(code, day_of(now)).last_trade(now)
        return int(trades.volume[number]) if number >= 0 else 0

    def listed_shares(self, code: str, day: int) -> int:
        """Return the number of listed shares (상장주식수) on a day."""
        return self._days.listed_shares(code, day)

    def stamp(self, code: str, day: int) -> int:
        """Return a number that changes whenever an event changes a symbol's days up to `day`."""
        return self._days.stamp(code, day)

    def periods(
        self, code: str, now: int, last_day: int, count: int, period: str, *, adjusted: bool
    ) -> Candles:
        """Return the newest `count` weeks, months or years up to `last_day` as seen at `now`.

        Raises:
            ValueError: The period is unknown.
        """
        period_labels(np.zeros(0, dtype=np.int64), period)
        sessions = (count + 1) * _PERIOD_SESSIONS[period]
        days = self.day_candles(code, now, last_day, sessions, adjusted=adjusted)
        merged = periods_of(days, period)
        whole = len(days) < sessions
        if not whole and len(merged):  # the oldest one may have lost its first sessions
            merged = newest(merged, len(merged) - 1)
        return newest(merged, count)

    def minutes(
        self, code: str, now: int, size: int, count: int, before: int | None, *, adjusted: bool
    ) -> Candles:
        """Return the newest `count` candles of `size` minutes that start before `before`."""
        limit = now + 1 if before is None else before
        calendar = self._days.calendar
        session, oldest = self._reach(code, now, limit, MINUTE_SESSIONS)
        pieces: list[Candles] = []
        found = 0
        while found < count and session >= oldest:
            candles = self._minutes_of_day(code, calendar.day_at(session), now, size)
            if len(candles) and int(candles.time[-1]) >= limit:
                candles = newest_before(candles, limit)
            pieces.insert(0, candles)
            found += len(candles)
            session -= 1
        return self._adjusted(newest(join_candles(pieces), count), code, now, wanted=adjusted)

    def tick_candles(
        self, code: str, now: int, size: int, count: int, before: int | None, *, adjusted: bool
    ) -> Candles:
        """Return the newest `count` candles of `size` trades that start before `before`."""
        limit = now + 1 if before is None else before
        calendar = self._days.calendar
        session, oldest = self._reach(code, now, limit, TICK_SESSIONS)
        pieces: list[Candles] = []
        found = 0
        while found < count and session >= oldest:
            day = self._days.symbol_day(code, calendar.day_at(session))
            seen = min(now, moment(day.frame.day + 1))
            candles = _ticks_of_day(day, seen, size, count - found, limit)
            pieces.insert(0, candles)
            found += len(candles)
            session -= 1
        return self._adjusted(newest(join_candles(pieces), count), code, now, wanted=adjusted)

    def _oldest(self, code: str) -> int:
        """Return the first session that a symbol has candles of: that of its listing."""
        calendar = self._days.calendar
        offering = self._days.universe.offerings.get(code)
        if offering is not None:
            return calendar.session_index(offering.day)
        listed = self._days.universe.instruments[self._days.position(code)].list_day
        if not calendar.first_day < listed < min(self._start_day, REFERENCE_DAY + 1):
            return calendar.first_index
        session = calendar.session_index(calendar.latest(listed))
        return session if calendar.is_session(listed) else session + 1

    def _reach(self, code: str, now: int, limit: int, sessions: int) -> tuple[int, int]:
        """Return the newest and the oldest session in which candles are looked for."""
        calendar = self._days.calendar
        today = calendar.session_index(calendar.latest(day_of(now)))
        oldest = max(today - sessions + 1, self._oldest(code))
        if limit <= moment(calendar.day_at(oldest)):
            return oldest - 1, oldest
        return calendar.session_index(calendar.latest(day_of(min(now, limit - 1)))), oldest

    def _last_session(self, code: str, now: int, last_day: int) -> int:
        """Return the number of the newest session that has a candle at `now`."""
        calendar = self._days.calendar
        today = day_of(now)
        if last_day < calendar.day_at(calendar.first_index):
            return calendar.first_index - 1
        last = calendar.latest(min(last_day, today))
        if last == today and now < self._days.shown(code, today).frame.opening_end_ms:
            return calendar.session_index(last) - 1
        return calendar.session_index(last)

    def _first_changed(self, code: str, default: int) -> int:
        """Return the first session that the overlay may have changed."""
        first = self._days.overlay.first_day(code)
        return default if first is None else self._days.calendar.session_index(first)

    def _plain_days(self, code: str, first: int, last: int) -> Candles:
        days = self._days
        bars = days.daily.bars(np.array([days.position(code)]), first, last)
        calendar = days.calendar
        time = calendar.sessions(calendar.day_at(first), calendar.day_at(last))
        return Candles(
            time=time * MS_PER_DAY,
            open=bars.open[0],
            high=bars.high[0],
            low=bars.low[0],
            close=bars.close[0],
            volume=bars.volume[0],
            turnover=bars.turnover[0],
            base=bars.base[0],
        )

    def _day_candle(self, code: str, day: int, now: int) -> Candles:
        """Return one day candle, as of now if it is today's."""
        shown = self._days.shown(code, day)
        values = [int(column[0]) for column in _columns(shown.final)]
        if day == day_of(now):
            trades, number = self._days.symbol_day(code, day).last_trade(now)
            names = ("open", "high", "low", "price", "volume", "turnover")
            flat = [shown.frame.base] * 4 + [0, 0]
            values = [int(getattr(trades, name)[number]) for name in names] if number >= 0 else flat
        columns = [moment(day), *values, shown.frame.base]
        return Candles(
            **{
                name: np.array([value], dtype=np.int64)
                for name, value in zip(Candles.__struct_fields__, columns, strict=True)
            }
        )

    def _minutes_of_day(self, code: str, day: int, now: int, size: int) -> Candles:
        """Return one day's candles of `size` minutes, as of now if it is today."""
        times = self._days.times(day)
        if day == day_of(now):
            slots, base = self._slots_so_far(self._days.symbol_day(code, day), now)
        elif self._days.stamp(code, day):
            own = self._days.symbol_day(code, day)
            slots, base = own.slots, own.frame.base
        else:
            slots, base = self._slots_of(code, day)
        busy = slots.volume > 0
        time = moment(day) + slot_starts(times)[: len(busy)]
        columns = [time, *_columns(slots), np.full_like(time, base)]
        candles = Candles(
            **{
                name: column[busy]
                for name, column in zip(Candles.__struct_fields__, columns, strict=True)
            }
        )
        return minutes_of(candles, size, moment(day, times.open_ms))

    @staticmethod
    def _slots_so_far(day: SymbolDay, now: int) -> tuple[Bars, int]:
        """Return the finished slots and the one in progress, made of its trades so far."""
        current = day.frame.slot_at(now)
        done = [column[: max(current, 0)] for column in _columns(day.slots)]
        trades = cut_trades(day.trades(current), 0, now) if current >= 0 else day.trades(-1)
        if not len(trades):
            return Bars(*done), day.frame.base
        turnover = int(trades.turnover[-1]) - int(day.turnover[current])
        partial = (
            trades.price[0], trades.price.max(), trades.price.min(), trades.price[-1],
            trades.quantity.sum(), turnover,
        )  # fmt: skip
        pairs = zip(done, partial, strict=True)
        return Bars(*(np.append(column, value) for column, value in pairs)), day.frame.base

    def _slots_of(self, code: str, day: int) -> tuple[Bars, int]:
        """Return the slots and base of a finished day of the path."""
        session = self._days.calendar.session_index(day)
        number = session // BLOCK
        key = ("minute-rows", code, number)
        block = self._days.store.get(key, lambda: self._build_block(code, number))
        return block[session - max(number * BLOCK, self._days.calendar.first_index)]

    def _build_block(self, code: str, number: int) -> list[tuple[Bars, int]]:
        """Return the slots and bases of a block of sessions of the path."""
        days = self._days
        first = max(number * BLOCK, days.calendar.first_index)
        last = min(number * BLOCK + BLOCK - 1, days.calendar.last_index)
        position = days.position(code)
        bars = days.daily.bars(np.array([position]), first, last)
        columns = (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover)
        dates = [days.calendar.day_at(session) for session in range(first, last + 1)]
        lengths = np.array([days.times(day).minutes for day in dates])
        tables = np.array([days.universe.tick_tables(day)[position] for day in dates])
        found: dict[int, tuple[Bars, int]] = {}
        for minutes in np.unique(lengths).tolist():
            at = np.flatnonzero(lengths == minutes)
            rows = DayRows(
                np.full(len(at), position),
                np.array(dates)[at],
                Bars(*(column[0, at] for column in columns)),
                bars.base[0, at],
                tables[at],
                minutes,
            )
            slots = to_slots(split_days(days.universe, rows))
            for row, session in enumerate(at.tolist()):
                found[session] = slots.take(row), int(bars.base[0, session])
        return [found[each] for each in range(len(dates))]

    def _adjusted(self, candles: Candles, code: str, now: int, *, wanted: bool) -> Candles:
        """Return candles in the shares of today."""
        splits = [each for each in self._days.overlay.splits(code) if each.at_ms <= now]
        if not wanted or not splits or not len(candles):
            return candles
        edges = [int(np.searchsorted(candles.time, each.at_ms)) for each in splits]
        pieces = []
        for piece, end in enumerate([*edges, len(candles)]):
            start = edges[piece - 1] if piece else 0
            ratio = Fraction(1)
            for split in splits[piece:]:
                ratio *= Fraction(split.old, split.new)
            part = {name: getattr(candles, name)[start:end] for name in _NAMES}
            pieces.append(adjusted_by(Candles(**part), ratio))
        return join_candles(pieces)


_NAMES = Candles.__struct_fields__


def newest_before(candles: Candles, limit: int) -> Candles:
    """Return the candles that start before a time."""
    end = int(np.searchsorted(candles.time, limit))
    return Candles(**{name: getattr(candles, name)[:end] for name in _NAMES})


def _columns(bars: Bars) -> tuple[Ints, ...]:
    return bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover


def _ticks_of_day(day: SymbolDay, now: int, size: int, count: int, limit: int) -> Candles:
    """Return the newest tick candles of a day as seen at `now` that start before `limit`."""
    end = day.frame.slot_at(now)
    visible = min(end, day.frame.slot_at(limit - 1))
    if visible < 0:
        return NO_CANDLES
    running = np.cumsum(day.trade_counts(end + 1))
    target = -(-int(running[visible]) // size) * size
    last = min(end, int(np.searchsorted(running, target)))
    done = int(running[visible - 1]) if visible else 0
    wanted = done - (count + 1) * size
    first = int(np.searchsorted(running, wanted, side="right")) if wanted > 0 else 0
    trades = cut_trades(day.build_trades(first, last), 0, now)
    before = int(running[first - 1]) if first else 0, int(day.turnover[first])
    return newest(newest_before(ticks_of(trades, size, before, day.frame.base), limit), count)
