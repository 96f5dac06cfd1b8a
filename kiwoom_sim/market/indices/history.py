"""Know index bars and ticks of the sessions before the run.

Opens and closes of days are exact sums over the members' bars, so are volume and turnover. What
happens inside a day is drawn (`index_bridge`), within what the members' highs and lows allow.

Layout: day bars of all indices are kept in blocks of sessions, ticks per index and day.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.rng import normal_quantile, stream_keys, uniform_grid
from kiwoom_sim.market.basis import Basis
from kiwoom_sim.market.indices.bridge import day_extremes, path_through, spread_volume
from kiwoom_sim.market.indices.table import IndexTable
from kiwoom_sim.market.indices.ticks import CLOSING_SECONDS, IndexTicks
from kiwoom_sim.market.intraday.path import SECONDS, day_shape
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.sessions import session_times

BLOCK = 64


class IndexDays(Struct, frozen=True, kw_only=True):
    """Hold day bars of all indices, shape (indices, sessions); `day` has one entry per session."""

    day: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    turnover: Ints
    base: Ints


class IndexHistory:
    """Answer about indices on the path without overlay."""

    def __init__(self, basis: Basis, table: IndexTable) -> None:
        """Bind the parts of a market and the table of indices."""
        self._basis = basis
        self._table = table
        seed = basis.universe.seed
        self._range_keys = stream_keys(seed, "index-range", table.codes)
        self._path_keys = stream_keys(seed, "index-path", table.codes)

    def days(self, first: int, last: int) -> IndexDays:
        """Return the day bars of sessions `first` to `last`; both must be in the calendar."""
        pieces = []
        numbers = range((first - 1) // BLOCK, (last - 1) // BLOCK + 1)
        for number in sorted(numbers, key=abs):  # from the anchor outward, so no step is long
            self._block(number)
        for number in numbers:
            block = self._block(number)
            start = max(number * BLOCK + 1, self._basis.calendar.first_index)
            wanted = slice(max(0, first - start), last - start + 1)
            pieces.append(
                [getattr(block, name)[..., wanted] for name in IndexDays.__struct_fields__]
            )
        columns = [np.concatenate(parts, axis=-1) for parts in zip(*pieces, strict=True)]
        return IndexDays(**dict(zip(IndexDays.__struct_fields__, columns, strict=True)))

    def ticks(self, row: int, session: int) -> IndexTicks:
        """Return all ticks of one index (row of the table) in one session."""
        return self._basis.store.get(
            ("index-ticks", row, session), lambda: self.build_ticks(row, session)
        )

    def _block(self, number: int) -> IndexDays:
        return self._basis.store.get(
            ("index-days", number), lambda: self._build_block(number), heavy=True
        )

    def _build_block(self, number: int) -> IndexDays:
        calendar, table = self._basis.calendar, self._table
        first = max(number * BLOCK + 1, calendar.first_index)
        last = min(number * BLOCK + BLOCK, calendar.last_index)
        days = calendar.sessions(calendar.day_at(first), calendar.day_at(last))
        bars = self._basis.daily.bars(np.arange(len(self._basis.universe)), first, last)
        opened, close = table.levels(bars.open), table.levels(bars.close)
        edges = table.levels(bars.low), table.levels(bars.high)
        # An inverse index is low where its members are high.
        bounds = np.minimum(*edges), np.maximum(*edges)
        count = len(table.codes)
        uniforms = uniform_grid(
            np.repeat(self._range_keys, len(days), axis=0), np.tile(days, count), 2
        )
        high, low = day_extremes((opened, close), bounds, uniforms.reshape(count, len(days), 2))
        return IndexDays(
            day=days,
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=table.sums(bars.volume),
            turnover=table.sums(bars.turnover),
            base=table.levels(bars.base),
        )

    def build_ticks(self, row: int, session: int) -> IndexTicks:
        """Return the same as `ticks` without keeping it."""
        days = self.days(session, session)
        day = int(days.day[0])
        times = session_times(self._basis.calendar, day)
        count = times.minutes * SECONDS + CLOSING_SECONDS
        shares, variances = day_shape(times.minutes)
        lengths = np.full(times.minutes + 1, SECONDS)
        lengths[-1] = CLOSING_SECONDS
        deviations = np.sqrt(np.repeat(variances[1:] / lengths, lengths))
        weights = np.repeat(shares[1:] / lengths, lengths)
        weights[:CLOSING_SECONDS] += shares[0] / CLOSING_SECONDS
        uniforms = uniform_grid(self._path_keys[row : row + 1], [day], 2 * count)
        bar = tuple(int(column[row, 0]) for column in (days.open, days.high, days.low, days.close))
        level = path_through(
            (bar[0], bar[1], bar[2], bar[3]), deviations, normal_quantile(uniforms[0, :count])
        )
        volume, turnover = spread_volume(
            weights, uniforms[:, count:], level[None], days.volume[row], days.turnover[row]
        )
        number = np.arange(count)
        closing = number >= times.minutes * SECONDS
        gap = (times.close_ms - times.open_ms) // 1_000 - times.minutes * SECONDS
        return IndexTicks(
            day=day,
            number=number,
            second=times.open_ms // 1_000 + number + np.where(closing, gap, 0),
            level=level,
            volume=volume[0],
            turnover=turnover[0],
        )
