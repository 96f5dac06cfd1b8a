"""Hold what is fixed about one symbol on one day: times, limits, price steps, share count."""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, MS_PER_MINUTE, moment
from kiwoom_sim.market.intraday.path import SECONDS
from kiwoom_sim.market.intraday.touch import Knots
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import Ints, Venue
from kiwoom_sim.market.rules.sessions import SessionTimes


class DayFrame(Struct, frozen=True, kw_only=True):
    """Hold the frame of one symbol's day.

    Attributes:
        position: Row of the universe.
        table: Price-step table.
        opening_end_ms, closing_end_ms: Market times at which the two auctions end.
        base: Base price (기준가).
        shares: Listed shares.
        stamp: Names the state of the overlay that the day was made with.
        halts: Stretches (from, to) of market time in which trading is halted.
        interruptions: Call auctions (from, to) besides the opening and the closing one.
    """

    instrument: Instrument
    position: int
    day: int
    times: SessionTimes
    knots: Knots
    table: int
    opening_end_ms: int
    closing_end_ms: int
    base: int
    lower: int
    upper: int
    shares: int
    previous_volume: int
    previous_turnover: int
    stamp: int = 0
    venue: Venue = Venue.KRX
    halts: tuple[tuple[int, int], ...] = ()
    interruptions: tuple[tuple[int, int], ...] = ()

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Name of the day among all days of all symbols."""
        return self.instrument.code, self.day, self.stamp, self.venue.value

    @property
    def slots(self) -> int:
        """Number of slots: the minutes and the closing print."""
        return self.times.minutes + 1

    @property
    def limits(self) -> tuple[int, int]:
        """Lower and upper limit."""
        return self.lower, self.upper

    def slot_at(self, time_ms: int) -> int:
        """Return the slot that has begun last at a time; -1 before the first."""
        of_day = time_ms - self.day * MS_PER_DAY
        if of_day >= self.times.close_ms:
            return self.times.minutes
        if of_day < self.times.open_ms:
            return -1
        return min((of_day - self.times.open_ms) // MS_PER_MINUTE, self.times.minutes - 1)

    def slot_start(self, slot: int) -> int:
        """Return the market time at which a slot begins."""
        if slot >= self.times.minutes:
            return moment(self.day, self.times.close_ms)
        return moment(self.day, self.times.open_ms + slot * MS_PER_MINUTE)

    def starts_of_day(self) -> Ints:
        """Return the start of every slot in ms since midnight."""
        return slot_starts(self.times)

    def halted_at(self, time_ms: int) -> bool:
        """Say whether trading is halted at a time."""
        return any(begin <= time_ms < end for begin, end in self.halts)


def slot_starts(times: SessionTimes) -> Ints:
    """Return the start of every slot of a session in ms since midnight."""
    starts = times.open_ms + np.arange(times.minutes + 1, dtype=np.int64) * SECONDS * 1_000
    starts[-1] = times.close_ms
    return starts
