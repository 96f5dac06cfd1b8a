"""Hold the levels of an index second by second, and gather them into candles.

A level is taken at the last millisecond of every second in which the exchange trades, so it shows
all trades of that second; the tick carries that instant as its time.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_SECOND, moment
from kiwoom_sim.market.records import Candles, Ints

CLOSING_SECONDS = 30
"""The closing prints of all members come within so many seconds after the nominal close."""


class IndexTicks(Struct, frozen=True, kw_only=True):
    """Hold consecutive ticks of one index on one day as columns.

    Attributes:
        number: Position in the session: seconds since the opening, the closing auction left out.
        second: Second of the day.
        level: 1/100 point.
        volume: Shares traded in the second, of all members.
        turnover: Won.
    """

    day: int
    number: Ints
    second: Ints
    level: Ints
    volume: Ints
    turnover: Ints

    def __len__(self) -> int:
        """Return the number of ticks."""
        return len(self.number)

    def take(self, index: object) -> "IndexTicks":
        """Return the ticks at a numpy index."""
        columns = {name: getattr(self, name)[index] for name in self.__struct_fields__[1:]}
        return IndexTicks(day=self.day, **columns)

    def times(self) -> Ints:
        """Return the market times of the ticks."""
        return tick_time(self.day, self.second)


def tick_time(day: int, second: Ints | np.int64) -> Ints:
    """Return the market times of seconds of a day."""
    times: Ints = np.asarray(moment(day) + second * MS_PER_SECOND + MS_PER_SECOND - 1)
    return times


def last_second(of_day_ms: int) -> int:
    """Return the newest second of the day whose tick is out at a time of day."""
    return (of_day_ms + 1) // MS_PER_SECOND - 1


def gather(ticks: IndexTicks, group: Ints, base: int, *, starts: Ints | None = None) -> Candles:
    """Return candles of consecutive ticks of the same group.

    Args:
        ticks: Ticks of one day, at least one.
        group: Non-decreasing group number per tick.
        base: Closing level of the session before.
        starts: Start of the candle that each tick would begin; its own time if not given.
    """
    edges = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    last = np.append(edges[1:], len(group)) - 1
    return Candles(
        time=ticks.times()[edges] if starts is None else starts[edges],
        open=ticks.level[edges],
        high=np.maximum.reduceat(ticks.level, edges),
        low=np.minimum.reduceat(ticks.level, edges),
        close=ticks.level[last],
        volume=np.add.reduceat(ticks.volume, edges),
        turnover=np.add.reduceat(ticks.turnover, edges),
        base=np.full(len(edges), base, dtype=np.int64),
    )


def select(candles: Candles, index: object) -> Candles:
    """Return the candles at a numpy index."""
    return Candles(**{name: getattr(candles, name)[index] for name in candles.__struct_fields__})
