"""Show all symbols at one instant: columns of prices and totals so far.

Known deviations: an instant is taken at its whole second, downward.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, MS_PER_SECOND, day_of, moment
from kiwoom_sim.market.intraday.blocks import Blocks
from kiwoom_sim.market.intraday.day_frame import slot_starts
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.path import SECONDS
from kiwoom_sim.market.records import Ints

_FAR = np.iinfo(np.int64).max
_BLOCKS = 3
"""Second blocks to keep."""


class SecondBlock(Struct, frozen=True, kw_only=True):
    """Hold the state of all symbols at the end of each second of one slot, shape (symbols, 60).

    Attributes:
        last: Last prices; the base price before the day's first trade.
        volume, turnover: Totals of the day so far.
        high, low: Extremes of the day so far; 0 before the first trade.
        open: First price of the day, shape (symbols,); valid once `volume` is above 0.
    """

    last: Ints
    volume: Ints
    turnover: Ints
    high: Ints
    low: Ints
    open: Ints


class Snapshot(Struct, frozen=True, kw_only=True):
    """Hold columns over symbols at one instant.

    Attributes:
        time_ms: The instant shown, a whole second.
        day: Session shown.
        position: Rows of the universe.
        last: Last price; the base price before the first trade.
        open, high, low: 0 before the first trade.
    """

    time_ms: int
    day: int
    position: Ints
    last: Ints
    base: Ints
    open: Ints
    high: Ints
    low: Ints
    volume: Ints
    turnover: Ints
    upper: Ints
    lower: Ints
    previous_volume: Ints


class Snapshots:
    """Answer snapshots from blocks."""

    def __init__(self, days: Days, blocks: Blocks) -> None:
        self._days = days
        self._blocks = blocks

    def second_block(self, day: int, slot: int) -> SecondBlock:
        """Return the states of all symbols at each second's end of a slot."""
        stamp = self._days.overlay.revision_at(moment(day, MS_PER_DAY))
        key = ("second-block", day, slot, stamp)
        return self._days.store.get(key, lambda: self._build(day, slot), heavy=True, most=_BLOCKS)

    def _build(self, day: int, slot: int) -> SecondBlock:
        slots = self._blocks.slot_bars(day)
        seconds = self._blocks.second_bars(day, slot)
        past = slots.take((slice(None), slice(0, slot)))
        busy = past.volume > 0
        high = np.where(busy, past.high, 0).max(axis=1, initial=0)
        low = np.where(busy, past.low, _FAR).min(axis=1, initial=_FAR)
        now = seconds.volume > 0
        highs = np.maximum.accumulate(np.where(now, seconds.high, 0), axis=1)
        lows = np.minimum.accumulate(np.where(now, seconds.low, _FAR), axis=1)
        lows = np.minimum(lows, low[:, None])
        first = (slots.volume > 0).argmax(axis=1)
        return SecondBlock(
            last=seconds.close,
            volume=past.volume.sum(axis=1)[:, None] + np.cumsum(seconds.volume, axis=1),
            turnover=past.turnover.sum(axis=1)[:, None] + np.cumsum(seconds.turnover, axis=1),
            high=np.maximum(highs, high[:, None]),
            low=np.where(lows == _FAR, 0, lows),
            open=slots.open[np.arange(len(first)), first],
        )

    def at(self, now: int, codes: list[str] | None = None) -> Snapshot:
        """Return columns at an instant, over the named symbols or the whole universe."""
        day = self._days.calendar.latest(day_of(now))
        instant = min(now, moment(day, MS_PER_DAY - 1)) // MS_PER_SECOND * MS_PER_SECOND
        slot, column = self._locate(day, instant)
        frames = self._blocks.day_columns(day)
        zeros = np.zeros_like(frames.base)
        columns: tuple[Ints, ...] = (frames.base, zeros, zeros, zeros, zeros, zeros)
        if slot >= 0:
            columns = _state(self.second_block(day, slot), column)
        if codes is None:
            position = np.arange(len(self._days.universe))
        else:
            position = np.array([self._days.position(code) for code in codes], dtype=np.int64)
        last, opening, high, low, volume, turnover = (each[position] for each in columns)
        return Snapshot(
            time_ms=instant, day=day, position=position, last=last, base=frames.base[position],
            open=opening, high=high, low=low, volume=volume, turnover=turnover,
            upper=frames.upper[position], lower=frames.lower[position],
            previous_volume=self._blocks.previous_volume(day)[position],
        )  # fmt: skip

    def _locate(self, day: int, instant: int) -> tuple[int, int]:
        """Return slot and column whose state holds at an instant; slot -1 before the open."""
        starts = slot_starts(self._days.times(day))
        of_day = instant - moment(day)
        slot = int(np.searchsorted(starts, of_day)) - 1  # a slot's first state is a second later
        if slot < 0:
            return -1, 0
        return slot, min((of_day - int(starts[slot])) // MS_PER_SECOND, SECONDS) - 1


def _state(block: SecondBlock, column: int) -> tuple[Ints, ...]:
    volume = block.volume[:, column]
    opening = np.where(volume > 0, block.open, 0)
    return (
        block.last[:, column], opening, block.high[:, column], block.low[:, column],
        volume, block.turnover[:, column],
    )  # fmt: skip
