"""Draw the everyday wait of every answer and frame: the `[latency]` table.

It is no fault: the real service is never instant. Each pattern draws from a stream of its own for
each client, so neither another pattern nor another client moves a draw.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from kiwoom_sim.core.rng import Key, draw_below, stream_key
from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.facts import Door

DOORS: tuple[Door, ...] = ("rest", "ws")
"""Doors with everyday waits: of answers at the one, of frames at the other."""

Table = Mapping[str, Distribution]
"""Distributions by pattern."""


class Sample(NamedTuple):
    """Hold one everyday wait.

    Attributes:
        wait_ms: How long.
        pattern: Entry of the table that it comes from, "" if none fits.
        client: Whose stream was drawn from.
        ordinal: Number of the draw in that stream, from 1.
        drawn: What was drawn, "VALUE of BOUND": from 0 to below the bound.
    """

    wait_ms: int = 0
    pattern: str = ""
    client: str = ""
    ordinal: int = 0
    drawn: str = ""

    def told(self) -> str:
        """Return where the wait comes from, as the journal says it; "" if nowhere."""
        if not self.pattern:
            return ""
        return f"{self.pattern}: draw {self.ordinal} of {self.client} was {self.drawn}"


NO_SAMPLE = Sample()


class BaseLatency:
    """Hold the table of a run and how often each client drew.

    The most exact pattern counts: an API id (`rest.ka10081`) before a group (`rest.chart`), a
    real-time type (`ws.0B`) before a frame's name (`ws.REAL`), and all before patterns with `*`,
    of which the longest counts.

    Args:
        table: What holds from the start of the run.
        seed: What draws come from.
    """

    def __init__(self, table: Table, seed: int) -> None:
        self._seed = seed
        self._table = table
        self._starts_ms = [0]
        self._tables = [table]
        self._chosen: dict[tuple[Door, tuple[str, ...]], str] = {}
        self._keys: dict[tuple[str, str], Key] = {}
        self._drawn: Counter[tuple[str, str]] = Counter()

    def watches(self, door: Door) -> bool:
        """Return whether anything waits at a door."""
        return any(pattern.startswith(f"{door}.") for pattern in self._table)

    def plan(self, tables: Sequence[tuple[int, Table]]) -> None:
        """Let other tables with the same patterns hold, each from a wire time on, in order.

        What was planned for before the first of them stays.
        """
        kept = bisect_right(self._starts_ms, tables[0][0] - 1) if tables else len(self._tables)
        self._starts_ms[kept:] = [start_ms for start_ms, _ in tables]
        self._tables[kept:] = [table for _, table in tables]

    def sample(self, door: Door, client: str, names: Iterable[str], wire_ms: int = 0) -> Sample:
        """Return how long an answer or frame waits, and why; counts it.

        Args:
            door: Where it leaves.
            client: Who it is for.
            names: What it may be called in a pattern, the most exact name first.
            wire_ms: When it is made.
        """
        called = (door, tuple(names))
        if called not in self._chosen:
            self._chosen[called] = self._choose(*called)
        pattern = self._chosen[called]
        if not pattern:
            return NO_SAMPLE
        stream = pattern, client
        if stream not in self._keys:
            self._keys[stream] = stream_key(self._seed, "latency", f"{pattern}|{client}")
        self._drawn[stream] += 1
        ordinal, drawn = self._drawn[stream], []

        def draw(bound: int) -> int:
            drawn.append(f"{(value := draw_below(self._keys[stream], bound, ordinal))} of {bound}")
            return value

        table = self._tables[bisect_right(self._starts_ms, wire_ms) - 1]
        wait_ms = table[pattern].draw_ms(draw)
        return Sample(wait_ms, pattern, client, ordinal, ", ".join(drawn))

    def draw_ms(self, door: Door, client: str, names: Iterable[str], wire_ms: int = 0) -> int:
        """Return how long an answer or frame waits; counts it. See `sample`."""
        return self.sample(door, client, names, wire_ms).wait_ms

    def _choose(self, door: Door, names: tuple[str, ...]) -> str:
        """Return the pattern that counts, "" if none does."""
        for name in names:
            if name and f"{door}.{name}" in self._table:
                return f"{door}.{name}"
        fitting = [
            pattern
            for pattern in self._table
            if pattern.startswith(f"{door}.")
            and any(fnmatchcase(f"{door}.{name}", pattern) for name in names or ("",))
        ]
        return max(fitting, key=len, default="")
