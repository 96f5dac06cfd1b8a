"""Answer anything about one symbol's day: slots, trades with running totals, the last trade.

Layout: `SymbolDay` is the same for every day; where its prints come from is a `Source`: the path
(`PathSource`, made slot by slot as asked) or a finished tape (`tape.TapeSource`, days on which a
scripted event happens).

Invariants: the trades of a slot add up to the slot, running totals continue from slot to slot, and
nothing depends on which slots were asked before.
"""

from typing import Protocol

import numpy as np

from kiwoom_sim.market.intraday.bends import Bend, DayRules, bent
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.path import (
    DayRows,
    SlotRows,
    SplitDays,
    auction_ends,
    slot_rows,
    split_days,
    split_slots,
    to_slots,
)
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.touch import best_quotes, leaning
from kiwoom_sim.market.intraday.trade_counts import Counts, count_trades
from kiwoom_sim.market.intraday.trades import Prints, make_trades
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints, Trades
from kiwoom_sim.market.store import Store

CHUNK = 128
"""Slots whose trades are counted together."""

_TOTALS = 5


class Source(Protocol):
    """Give the prints of one symbol's day."""

    @property
    def slots(self) -> Bars:
        """Bars of all slots, shape (slots,)."""

    def totals(self, end: int) -> Ints:
        """Return (trades, buys, sells, bought, sold) of each slot below `end`, shape (end, 5)."""

    def prints(self, first: int, last: int) -> Prints:
        """Return the prints of the slots from `first` to `last`, both included."""

    def auction(self, time_ms: int, end_ms: int) -> tuple[int, int]:
        """Return price and quantity of the auction print at `end_ms` as it looks at a time."""


class PathSource:
    """Make a day's prints from its bar."""

    def __init__(
        self,
        universe: Universe,
        frame: DayFrame,
        bar: Bars,
        store: Store,
        bend: Bend | None = None,
    ) -> None:
        """Bind a day; `bar` has shape (1,), and `bend` says what happens to its board."""
        self._universe = universe
        self._frame = frame
        self._store = store
        rows = DayRows(
            np.array([frame.position]),
            np.array([frame.day]),
            bar,
            np.array([frame.base]),
            np.array([frame.table]),
            frame.times.minutes,
        )
        self._split = SplitDays(
            rows, split_days(universe, rows), auction_ends(universe, rows.position, rows.day)
        )
        if bend is not None:
            lower, upper = (np.array([limit]) for limit in frame.limits)
            rules = DayRules(rows.base, rows.table, lower, upper)
            children, reopened = bent(self._split.children, bend, rules)
            self._split = SplitDays(rows, children, self._split.ends, reopened)
        self.slots = to_slots(self._split.children).take(0)

    def totals(self, end: int) -> Ints:
        """Return (trades, buys, sells, bought, sold) of each slot below `end`."""
        parts = [self._chunk(number) for number in range((end + CHUNK - 1) // CHUNK)]
        if not parts:
            return np.zeros((0, _TOTALS), dtype=np.int64)
        return np.concatenate(parts)[:end]

    def prints(self, first: int, last: int) -> Prints:
        """Return the prints of the slots from `first` to `last`, both included."""
        rows, seconds, counts = self.seconds(first, last)
        start = self._frame.starts_of_day()[first : last + 1]
        return make_trades(self._universe, rows, seconds, counts, start)

    def seconds(self, first: int, last: int) -> tuple[SlotRows, Bars, Counts]:
        """Return the slots from `first` to `last`, their seconds and their counts."""
        slots = np.arange(first, last + 1)
        index = np.zeros_like(slots), slots
        rows = slot_rows(self._split, index)
        seconds = split_slots(self._universe, rows)
        lower, upper = (np.full(len(slots), limit) for limit in self._frame.limits)
        return rows, seconds, count_trades(self._universe, rows, seconds, (lower, upper))

    def auction(self, time_ms: int, end_ms: int) -> tuple[int, int]:
        """Return price and quantity of an auction print; nothing can change it."""
        assert time_ms <= end_ms, "it is still to come"
        children = self._split.children
        column = {self._frame.opening_end_ms: 0, self._frame.closing_end_ms: -1}.get(end_ms)
        if column is not None:
            quantity = int(children.volume[0, column])
            return (int(children.close[0, column]), quantity) if quantity else (0, 0)
        slot, reopened = self._frame.slot_at(end_ms), self._split.reopened
        quantity = int(reopened.volume[0, slot]) if reopened is not None else 0
        return (int(children.open[0, slot + 1]), quantity) if quantity else (0, 0)

    def _chunk(self, number: int) -> Ints:
        """Return the totals of a chunk of slots; their seconds are not kept."""

        def build() -> Ints:
            last = min((number + 1) * CHUNK, self._frame.slots) - 1
            _, seconds, counts = self.seconds(number * CHUNK, last)
            return counts.totals(seconds.volume)

        return self._store.get(("trade-totals", *self._frame.key, number), build, heavy=True)


class SymbolDay:
    """Answer about one symbol's day.

    Attributes:
        frame: What is fixed about the day.
        slots: Bars of all slots.
        volume, turnover: Totals of the day before each slot and, last, of the whole day.
        high, low: Extremes of the day up to the end of each slot; 0 before the first trade.
    """

    def __init__(self, frame: DayFrame, source: Source, store: Store) -> None:
        self.frame = frame
        self.slots = source.slots
        self._source = source
        self._store = store
        slots = self.slots
        busy = slots.volume > 0
        self.volume: Ints = np.concatenate([[0], np.cumsum(slots.volume)])
        self.turnover: Ints = np.concatenate([[0], np.cumsum(slots.turnover)])
        self.high: Ints = np.maximum.accumulate(np.where(busy, slots.high, 0))
        far = np.iinfo(np.int64).max
        lows = np.minimum.accumulate(np.where(busy, slots.low, far))
        self.low: Ints = np.where(lows == far, 0, lows)
        self._latest_busy = np.maximum.accumulate(np.where(busy, np.arange(len(busy)), -1))
        first = int(busy.argmax())
        self.open = int(slots.open[first]) if busy.any() else 0
        self.nbytes = 12 * slots.open.nbytes + 4_096

    def trades(self, slot: int) -> Trades:
        """Return the trades of one slot; none for slot -1."""
        if slot < 0:
            return NO_TRADES
        key = ("trades", *self.frame.key, slot)
        return self._store.get(key, lambda: self.build_trades(slot, slot))

    def prints(self) -> Prints:
        """Return all prints of the day, without keeping them."""
        return self._source.prints(0, self.frame.slots - 1)

    def build_trades(self, first: int, last: int) -> Trades:
        """Return the trades of several slots at once, without keeping them."""
        if not self.slots.volume[first : last + 1].any():
            return NO_TRADES
        prints = self._source.prints(first, last)
        before = self._source.totals(first).sum(axis=0)
        frame = self.frame
        lean = leaning(prints.price, prints.side, *frame.limits)
        spread = frame.knots.spreads(prints.time)
        ask, bid = best_quotes(prints.price, lean, spread, frame.table, frame.limits)
        buy, sell = prints.side > 0, prints.side < 0
        opening = self.volume[first] == 0
        high = np.maximum.accumulate(prints.price)
        low = np.minimum.accumulate(prints.price)
        if not opening:
            high = np.maximum(high, self.high[first - 1])
            low = np.minimum(low, self.low[first - 1])
        return Trades(
            time=prints.time,
            price=prints.price,
            quantity=prints.quantity,
            side=prints.side,
            ask=ask,
            bid=bid,
            volume=self.volume[first] + np.cumsum(prints.quantity),
            turnover=self.turnover[first] + np.cumsum(prints.turnover),
            open=np.full_like(prints.price, self.open),
            high=high,
            low=low,
            buy_volume=before[3] + np.cumsum(np.where(buy, prints.quantity, 0)),
            sell_volume=before[4] + np.cumsum(np.where(sell, prints.quantity, 0)),
            buy_count=before[1] + np.cumsum(buy),
            sell_count=before[2] + np.cumsum(sell),
        )

    def trade_counts(self, end: int) -> Ints:
        """Return the number of trades of each slot below `end`."""
        counts: Ints = self._source.totals(end)[:, 0]
        return counts

    def busy_slot(self, slot: int) -> int:
        """Return the latest slot up to and including `slot` that has a trade, or -1."""
        return int(self._latest_busy[slot]) if slot >= 0 else -1

    def last_trade(self, time_ms: int) -> tuple[Trades, int]:
        """Return the slot's trades and the number of the last trade at or before a time.

        The number is -1 if nothing has traded that day yet.
        """
        slot = self.frame.slot_at(time_ms)
        trades = self.trades(self.busy_slot(slot))
        number = int(np.searchsorted(trades.time, time_ms, side="right")) - 1
        if number < 0 and len(trades):
            trades = self.trades(self.busy_slot(self.busy_slot(slot) - 1))
            number = len(trades) - 1
        return trades, number

    def auction(self, time_ms: int, end_ms: int) -> tuple[int, int]:
        """Return price and quantity of the auction print at `end_ms`, (0, 0) if there is none."""
        return self._source.auction(time_ms, end_ms)

    def last_price(self, time_ms: int) -> int:
        """Return the price of the last trade at or before a time, else the base price."""
        trades, number = self.last_trade(time_ms)
        return int(trades.price[number]) if number >= 0 else self.frame.base

    def extreme_time(self, price: int, *, high: bool) -> int | None:
        """Return when the day first traded at its running high (or low) of that price."""
        reached = self.high >= price if high else (self.low <= price) & (self.low > 0)
        if not reached.any():
            return None
        slot = int(reached.argmax())
        key = self._extreme_key(price, high=high)
        return self._store.get(key, lambda: self._reached(slot, price, high=high))

    def knows_extremes(self, time_ms: int) -> bool:
        """Say whether `extreme_time` of the extremes at a time needs no work."""
        trades, number = self.last_trade(time_ms)
        if number < 0:
            return True
        high, low = int(trades.high[number]), int(trades.low[number])
        keys = self._extreme_key(high, high=True), self._extreme_key(low, high=False)
        return all(key in self._store for key in keys)

    def _extreme_key(self, price: int, *, high: bool) -> tuple[object, ...]:
        return ("extreme", *self.frame.key, high, price)

    def _reached(self, slot: int, price: int, *, high: bool) -> int:
        """Return the time of the first trade of a slot that reached a price."""
        kept = ("trades", *self.frame.key, slot) in self._store
        trades = self.trades(slot) if kept else self._source.prints(slot, slot)
        hits = trades.price >= price if high else trades.price <= price
        return int(trades.time[int(hits.argmax())])


def _none() -> Trades:
    empty = np.zeros(0, dtype=np.int64)
    return Trades(**dict.fromkeys(Trades.__struct_fields__, empty))


NO_TRADES = _none()


def join_trades(pieces: list[Trades]) -> Trades:
    """Return consecutive trades as one record."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return NO_TRADES
    if len(pieces) == 1:
        return pieces[0]
    return Trades(
        **{
            name: np.concatenate([getattr(piece, name) for piece in pieces])
            for name in Trades.__struct_fields__
        }
    )


def cut_trades(trades: Trades, start: int, end: int) -> Trades:
    """Return the trades with start < time <= end."""
    first, last = np.searchsorted(trades.time, (start, end), side="right")
    return slice_trades(trades, int(first), int(last))


def slice_trades(trades: Trades, first: int, last: int) -> Trades:
    """Return the trades numbered from `first` up to but not including `last`."""
    if first == 0 and last >= len(trades):
        return trades
    return Trades(**{name: getattr(trades, name)[first:last] for name in Trades.__struct_fields__})
