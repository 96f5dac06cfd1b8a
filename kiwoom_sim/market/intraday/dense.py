"""Make a day's trades denser: one trade becomes several fills at the same instant and price.

A dense tape is the same path seen in finer pieces: prices, volumes, bars and the book at any
instant are those of the plain one. What cannot be divided (auctions, single shares) is not.
"""

from functools import partial

import numpy as np

from kiwoom_sim.core.clock import MS_PER_SECOND
from kiwoom_sim.market.density import Densities
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.path import SECONDS
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.symbol_day import Source
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.store import Store


def densified(prints: Prints, densities: Densities) -> Prints:
    """Return prints of which some are divided, so that seconds have as many as wanted."""
    pieces = _pieces(prints, densities)
    if not len(pieces) or int(pieces.max()) == 1:
        return prints
    first = np.cumsum(pieces) - pieces
    place = np.arange(int(pieces.sum())) - np.repeat(first, pieces)
    whole, parts = np.repeat(prints.quantity, pieces), np.repeat(pieces, pieces)
    quantity = whole // parts + (place < whole % parts)
    total = np.cumsum(quantity)
    begun = np.repeat(total[first] - quantity[first], pieces)
    turnover = np.repeat(prints.turnover, pieces)
    paid = (total - begun) * turnover // whole - (total - quantity - begun) * turnover // whole
    return Prints(
        **{
            name: np.repeat(getattr(prints, name), pieces)
            for name in Prints.__struct_fields__
            if name not in {"quantity", "turnover"}
        },
        quantity=quantity,
        turnover=paid,
    )


def _pieces(prints: Prints, densities: Densities) -> Ints:
    """Return into how many fills each print is divided, in proportion to its shares."""
    seconds, which = np.unique(prints.time // MS_PER_SECOND, return_inverse=True)
    room = np.where(prints.side != 0, prints.quantity - 1, 0)
    rooms = np.bincount(which, weights=room, minlength=len(seconds)).astype(np.int64)
    missing = densities.least(seconds) - np.bincount(which, minlength=len(seconds))
    extra = np.clip(missing, 0, rooms)
    before = np.cumsum(room) - room
    starts = np.concatenate([[0], np.cumsum(rooms)[:-1]]) if len(rooms) else rooms
    done = before - starts[which]
    per = np.maximum(rooms, 1)[which]
    share: Ints = (done + room) * extra[which] // per - done * extra[which] // per
    return share + 1


class DenseSource:
    """Serve another source's day with denser trades."""

    def __init__(self, source: Source, frame: DayFrame, densities: Densities, store: Store) -> None:
        self.slots: Bars = source.slots
        self._source = source
        self._frame = frame
        self._densities = densities
        self._store = store

    def totals(self, end: int) -> Ints:
        """Return (trades, buys, sells, bought, sold) of each slot below `end`."""
        totals = self._source.totals(end).copy()
        starts = self._frame.day * 86_400 + self._frame.starts_of_day()[:end] // MS_PER_SECOND
        for slot in range(end):
            seconds = starts[slot] + np.arange(SECONDS)
            if self.slots.volume[slot] and self._densities.least(seconds).any():
                key = ("dense-totals", *self._frame.key, slot)
                totals[slot, :3] = self._store.get(key, partial(self._count, slot))
        return totals

    def prints(self, first: int, last: int) -> Prints:
        """Return the prints of the slots from `first` to `last`, both included."""
        return densified(self._source.prints(first, last), self._densities)

    def auction(self, time_ms: int, end_ms: int) -> tuple[int, int]:
        """Return price and quantity of the auction print at `end_ms` as it looks at a time."""
        return self._source.auction(time_ms, end_ms)

    def _count(self, slot: int) -> Ints:
        side = self.prints(slot, slot).side
        return np.array([len(side), (side > 0).sum(), (side < 0).sum()], dtype=np.int64)
