"""Read trades of a symbol over any span of time, and say whether they are at hand."""

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.symbol_day import SymbolDay, cut_trades, join_trades, slice_trades
from kiwoom_sim.market.records import Trades, Venue

_KEPT_SLOTS = 4
"""Spans of more slots are made in one go and not kept."""


class TapeReader:
    """Read the trades (체결) of symbols."""

    def __init__(self, days: Days) -> None:
        self._days = days

    def between(self, code: str, start: int, end: int, venue: Venue = Venue.KRX) -> Trades:
        """Return the trades with start < time <= end, over any number of sessions."""
        pieces = []
        for day in self._days.calendar.sessions(day_of(start), day_of(end)).tolist():
            own = self._days.symbol_day(code, day, venue)
            begin = max(start, moment(day) - 1)
            stop = min(end, moment(day, MS_PER_DAY - 1))
            first, last = max(own.frame.slot_at(begin), 0), own.frame.slot_at(stop)
            if last < first:
                continue
            if last - first < _KEPT_SLOTS:
                made = join_trades([own.trades(slot) for slot in range(first, last + 1)])
            else:
                made = own.build_trades(first, last)
            pieces.append(cut_trades(made, begin, stop))
        return join_trades(pieces)

    def newest(self, code: str, now: int, count: int, venue: Venue = Venue.KRX) -> Trades:
        """Return the newest `count` trades of the session at or before now, oldest first."""
        own = self._days.symbol_day(code, self._days.calendar.latest(day_of(now)), venue)
        slot = own.busy_slot(own.frame.slot_at(now))
        pieces: list[Trades] = []
        found = 0
        while slot >= 0 and found < count:
            piece = cut_trades(own.trades(slot), 0, now)
            pieces.insert(0, piece)
            found += len(piece)
            slot = own.busy_slot(slot - 1)
        joined = join_trades(pieces)
        return slice_trades(joined, max(len(joined) - count, 0), len(joined))

    def is_ready(self, code: str, start: int, end: int) -> bool:
        """Say whether trades and quotes of the span can be answered without building much."""
        store = self._days.store
        for day in self._sessions(start, end):
            state = self._days.state(code, day)
            if ("symbol-day", code, day, state, Venue.KRX.value) not in store:
                return False
            own = self._days.symbol_day(code, day)
            busy = (slot for slot in _slots(own, start, end) if own.slots.volume[slot])
            if any(("trades", *own.frame.key, slot) not in store for slot in busy):
                return False
            if not own.knows_extremes(end):
                return False
        return True

    def build(self, codes: list[str], start: int, end: int) -> None:
        """Build and keep what trades and quotes of some symbols need in a span."""
        for code in codes:
            for day in self._sessions(start, end):
                own = self._days.symbol_day(code, day)
                for slot in _slots(own, start, end):
                    own.trades(slot)
                trades, number = own.last_trade(end)
                if number >= 0:
                    own.extreme_time(int(trades.high[number]), high=True)
                    own.extreme_time(int(trades.low[number]), high=False)

    def _sessions(self, start: int, end: int) -> list[int]:
        latest = self._days.calendar.latest(day_of(end))
        days: list[int] = self._days.calendar.sessions(day_of(start), day_of(end)).tolist()
        return days or [latest]


def _slots(day: SymbolDay, start: int, end: int) -> list[int]:
    """Return the slots of a span, and the latest one before it with a trade."""
    first, last = day.frame.slot_at(start), day.frame.slot_at(end)
    earlier = day.busy_slot(max(first, 0) - 1)
    slots = list(range(max(first, 0), last + 1))
    return [earlier, *slots] if earlier >= 0 else slots
