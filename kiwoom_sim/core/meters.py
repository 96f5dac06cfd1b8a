"""Count calls against a rate: three ways of saying whether one more fits, each exact to the ms.

All three let `count` calls pass in `per_ms`; they differ in what a client may do at the edge:

- `FixedWindow` counts in windows that begin at every multiple of `per_ms`, so twice the count may
  pass around an edge.
- `SlidingWindow` looks back `per_ms` from each call, so no stretch of that length holds more.
- `TokenBucket` refills evenly and holds `burst` calls at most.

A meter never reads a clock: the caller passes wire time, which must not go back. Asking
(`has_room`) takes nothing; only `take` counts.

Not for: who is counted together, and what a refusal looks like.
"""

from collections import deque
from typing import Literal

from msgspec import Struct

Algorithm = Literal["fixed_window", "sliding_window", "token_bucket"]


class Rate(Struct, frozen=True):
    """Name a rate: calls in a stretch of wire time.

    Attributes:
        count: Calls that pass; 0 = none.
        per_ms: Length of the stretch, at least 1.
    """

    count: int
    per_ms: int = 1_000


class FixedWindow:
    """Count calls in windows that begin at every multiple of the rate's stretch."""

    __slots__ = ("_passed", "_rate", "_window")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._window = -1
        self._passed = 0

    def has_room(self, wire_ms: int) -> bool:
        """Say whether one more call fits now."""
        window = wire_ms // self._rate.per_ms
        return (self._passed if window == self._window else 0) < self._rate.count

    def used(self, wire_ms: int) -> int:
        """Return how many calls count now."""
        return self._passed if wire_ms // self._rate.per_ms == self._window else 0

    def take(self, wire_ms: int) -> None:
        """Count one call."""
        window = wire_ms // self._rate.per_ms
        self._passed = self._passed + 1 if window == self._window else 1
        self._window = window

    def change(self, rate: Rate, burst: int, wire_ms: int) -> None:  # noqa: ARG002 - one shape
        """Go on at another rate; windows of another length begin with nothing counted."""
        if rate.per_ms != self._rate.per_ms:
            self._window = -1
        self._rate = rate


class SlidingWindow:
    """Count the calls of the last stretch before each call."""

    __slots__ = ("_passed", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._passed: deque[int] = deque()

    def has_room(self, wire_ms: int) -> bool:
        """Say whether one more call fits now."""
        passed, oldest_ms = self._passed, wire_ms - self._rate.per_ms
        while passed and passed[0] <= oldest_ms:
            passed.popleft()
        return len(passed) < self._rate.count

    def used(self, wire_ms: int) -> int:  # noqa: ARG002 - one shape
        """Return how many calls count now, as of the last `has_room`."""
        return len(self._passed)

    def take(self, wire_ms: int) -> None:
        """Count one call."""
        self._passed.append(wire_ms)

    def change(self, rate: Rate, burst: int, wire_ms: int) -> None:  # noqa: ARG002 - one shape
        """Go on at another rate; calls that were forgotten already stay forgotten."""
        self._rate = rate


class TokenBucket:
    """Hold an allowance that refills evenly; it begins full.

    The level is kept in calls times `per_ms`, so that a millisecond refills a whole number.
    """

    __slots__ = ("_burst", "_level", "_rate", "_seen_ms")

    def __init__(self, rate: Rate, burst: int, wire_ms: int) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst * rate.per_ms
        self._seen_ms = wire_ms

    def has_room(self, wire_ms: int) -> bool:
        """Say whether one more call fits now."""
        self._refill(wire_ms)
        return self._level >= self._rate.per_ms

    def used(self, wire_ms: int) -> int:  # noqa: ARG002 - one shape
        """Return how many calls the bucket lacks now, those begun to refill counted in full."""
        return self._burst - self._level // self._rate.per_ms

    def take(self, wire_ms: int) -> None:
        """Count one call."""
        self._refill(wire_ms)
        self._level -= self._rate.per_ms

    def change(self, rate: Rate, burst: int, wire_ms: int) -> None:
        """Go on at another rate with the calls that are left, as far as the burst holds them."""
        self._refill(wire_ms)
        level = self._level * rate.per_ms // self._rate.per_ms
        self._rate, self._burst = rate, burst
        self._level = min(level, burst * rate.per_ms)

    def _refill(self, wire_ms: int) -> None:
        refill = max(0, wire_ms - self._seen_ms) * self._rate.count
        self._level = min(self._burst * self._rate.per_ms, self._level + refill)
        self._seen_ms = max(wire_ms, self._seen_ms)


Meter = FixedWindow | SlidingWindow | TokenBucket


def meter(algorithm: Algorithm, rate: Rate, burst: int, wire_ms: int) -> Meter:
    """Return a new meter.

    Args:
        algorithm: Which one.
        rate: Calls that pass in a stretch of time.
        burst: Calls that a token bucket holds at most; the others take no notice.
        wire_ms: When counting begins.
    """
    match algorithm:
        case "fixed_window":
            return FixedWindow(rate)
        case "sliding_window":
            return SlidingWindow(rate)
        case "token_bucket":
            return TokenBucket(rate, burst, wire_ms)
