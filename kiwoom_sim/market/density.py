"""Remember how many trades a second of market time has at least (`market.tick_rate`), and when.

A change acts on whole seconds after its time, so it changes no trade that was shown.
"""

from bisect import bisect_left

import numpy as np

from kiwoom_sim.core.clock import MS_PER_SECOND, day_of, moment
from kiwoom_sim.core.meters import Rate
from kiwoom_sim.market.records import Ints


class Densities:
    """Hold the least number of trades a second of every symbol, over time."""

    def __init__(self) -> None:
        self._since: list[int] = []
        self._rates: list[Rate] = []

    def set(self, at_ms: int, rate: Rate | None) -> bool:
        """Let another rate hold after a time; return whether it is another one.

        Args:
            at_ms: When; not before earlier changes.
            rate: Trades of each symbol in a stretch of market time; None = as the market makes.
        """
        wanted = rate or Rate(0)
        if (self._rates[-1] if self._rates else Rate(0)) == wanted:
            return False
        second = at_ms // MS_PER_SECOND + 1
        assert not self._since or second >= self._since[-1], "the past stays"
        self._since.append(second)
        self._rates.append(wanted)
        return True

    def revision(self, day: int) -> int:
        """Return a number that names what holds on a day; 0 if nothing does."""
        until = bisect_left(self._since, moment(day + 1) // MS_PER_SECOND)
        holds = any(
            rate.count and (number + 1 == len(self._since) or day_of(self._end(number)) >= day)
            for number, rate in enumerate(self._rates[:until])
        )
        return until if holds else 0

    def least(self, seconds: Ints) -> Ints:
        """Return how many trades each second has at least; seconds are those of market time."""
        found: Ints = np.zeros_like(seconds)
        for number, (since, rate) in enumerate(zip(self._since, self._rates, strict=True)):
            passed = (seconds - since) * MS_PER_SECOND
            due = (passed + MS_PER_SECOND) * rate.count // rate.per_ms
            due -= passed * rate.count // rate.per_ms
            inside = (seconds >= since) & (seconds * MS_PER_SECOND < self._end(number))
            found = np.where(inside, due, found)
        return found

    def _end(self, number: int) -> int:
        """Return the market time at which a rate ends."""
        last = number + 1 == len(self._since)
        return 2**62 if last else self._since[number + 1] * MS_PER_SECOND
