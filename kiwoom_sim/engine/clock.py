"""Tell market time from wire time, and back.

Wire time is milliseconds since the run began, at real speed. Market time (`core.clock`) follows
it at a speed, or stands still (stepped) but for the stretches in which it is told to `run` and
the jumps it is told to make (`step`). In between lies *elapsed* time: the market
milliseconds that have been lived through, without the stretches that an always-open market
jumps over.

Invariants:
    - Elapsed and market time never run backwards as wire time grows.
    - `wire_of` is the earliest wire time that reaches a market time.
    - The stretches depend on the calendar and the start alone, not on who asked first.

Not for: reading a clock. The only reader of the wall clock is `runtime/pacer.py`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, moment

Hours = Callable[[int], tuple[int, int] | None]
"""Opening and closing time of day of a day in ms, or None on a closed day."""

NextSession = Callable[[int], int]
"""The first session after a day; raises ValueError when the calendar ends."""

CLOSE_MARGIN_MS = MS_PER_MINUTE
"""The closing print comes up to 29 s after the close and has to be seen before the jump."""


class Span(Struct, frozen=True):
    """Hold an unbroken piece of market time, `after` excluded and `until` included."""

    after: int
    until: int


class _Anchor(Struct, frozen=True):
    """From `wire_ms` on, elapsed time grows by `gained` every `per` ms from `elapsed_ms`."""

    wire_ms: int
    elapsed_ms: int
    gained: int
    per: int


class MarketClock:
    """Map wire time to market time for one run.

    Args:
        start_ms: Market time at wire time 0.
        speed: Market ms per wire ms; 0 = stepped: time moves only by `run` and `step`.
        hours, next_session: Given together they make the market always open: time jumps from
            one minute after the close to the next session's opening. None = every hour is lived.
    """

    def __init__(
        self,
        start_ms: int,
        *,
        speed: Fraction = Fraction(1),
        hours: Hours | None = None,
        next_session: NextSession | None = None,
    ) -> None:
        assert speed >= 0
        self._anchors = [_Anchor(0, 0, speed.numerator, speed.denominator)]
        self._hours = hours
        self._next_session = next_session
        self._starts: list[int] = []  # market time at which a stretch begins
        self._offsets: list[int] = []  # elapsed time at which it begins
        self._ends: list[int | None] = []
        self._open_first_stretch(start_ms)

    def at(self, wire_ms: int) -> int:
        """Return the market time at a wire time."""
        return self.market_at(self.elapsed_at(wire_ms))

    def elapsed_at(self, wire_ms: int) -> int:
        """Return the market milliseconds lived through at a wire time."""
        anchor = self._anchors[-1]
        if wire_ms < anchor.wire_ms:
            anchor = next(a for a in reversed(self._anchors) if a.wire_ms <= wire_ms)
        return anchor.elapsed_ms + (wire_ms - anchor.wire_ms) * anchor.gained // anchor.per

    def market_at(self, elapsed_ms: int) -> int:
        """Return the market time after so much lived time."""
        self._extend(elapsed_ms)
        index = bisect_right(self._offsets, elapsed_ms) - 1
        return self._starts[index] + elapsed_ms - self._offsets[index]

    def elapsed_of(self, market_ms: int) -> int:
        """Return the lived time at which a market time is reached or jumped over, at least 0."""
        while (end := self._ends[-1]) is not None and end <= market_ms:
            self._append_stretch(day_of(end - 1))
        index = max(bisect_right(self._starts, market_ms) - 1, 0)
        inside = max(market_ms - self._starts[index], 0)
        if (end := self._ends[index]) is not None:
            inside = min(inside, end - self._starts[index])
        return self._offsets[index] + inside

    def wire_of_elapsed(self, elapsed_ms: int) -> int | None:
        """Return the earliest wire time with so much lived time, or None if a step is needed."""
        position = bisect_left(self._anchors, elapsed_ms, key=_elapsed_ms)
        following = self._anchors[position].wire_ms if position < len(self._anchors) else None
        before = self._anchors[position - 1]
        if position and before.gained:
            missing = (elapsed_ms - before.elapsed_ms) * before.per
            wire_ms = before.wire_ms - (-missing // before.gained)
            if following is None or wire_ms < following:
                return wire_ms
        return following

    def wire_of(self, market_ms: int) -> int | None:
        """Return the earliest wire time at which a market time is reached.

        Returns:
            None if the clock stands still before it gets there.
        """
        return self.wire_of_elapsed(self.elapsed_of(market_ms))

    def step(self, wire_ms: int, by_ms: int) -> None:
        """Move market time on by `by_ms` at a wire time, besides its speed."""
        assert by_ms >= 0
        last = self._anchors[-1]
        assert wire_ms >= last.wire_ms
        elapsed = self.elapsed_at(wire_ms) + by_ms
        self._anchors.append(_Anchor(wire_ms, elapsed, last.gained, last.per))

    def run(self, wire_ms: int, for_ms: int, speed: int = 1) -> None:
        """Let a clock that stands still run at a speed, from a wire time on for so long."""
        assert for_ms >= 0
        assert speed >= 1
        last = self._anchors[-1]
        assert last.gained == 0
        assert wire_ms >= last.wire_ms
        end = last.elapsed_ms + for_ms * speed
        self._anchors.append(_Anchor(wire_ms, last.elapsed_ms, speed, 1))
        self._anchors.append(_Anchor(wire_ms + for_ms, end, 0, 1))

    def spans(self, elapsed_from: int, elapsed_until: int) -> list[Span]:
        """Return the pieces of market time in (elapsed_from, elapsed_until], oldest first."""
        self._extend(elapsed_until)
        pieces = []
        index = max(bisect_right(self._offsets, elapsed_from) - 1, 0)
        while index < len(self._offsets) and self._offsets[index] <= elapsed_until:
            start, offset, end = self._starts[index], self._offsets[index], self._ends[index]
            after = start + max(elapsed_from - offset, -1)
            until = start + elapsed_until - offset
            if end is not None:
                until = min(until, end - 1)
            if until > after:
                pieces.append(Span(after, until))
            index += 1
        return pieces

    def _open_first_stretch(self, start_ms: int) -> None:
        """Begin at the start, or at the next opening if the market is closed then."""
        if self._hours is None:
            self._starts, self._offsets, self._ends = [start_ms], [0], [None]
            return
        day = day_of(start_ms)
        window = self._hours(day)
        if window is not None and start_ms < (end := moment(day, window[1]) + CLOSE_MARGIN_MS):
            self._starts, self._offsets, self._ends = [start_ms], [0], [end]
            return
        following = self._following(day)
        if following is None:
            self._starts, self._offsets, self._ends = [start_ms], [0], [None]
        else:
            self._starts, self._offsets, self._ends = [following[0]], [0], [following[1]]

    def _following(self, day: int) -> tuple[int, int] | None:
        """Return the stretch of the session after a day; None where the calendar ends."""
        assert self._hours is not None
        assert self._next_session is not None
        try:
            later = self._next_session(day)
        except ValueError:
            return None
        window = self._hours(later)
        assert window is not None
        return moment(later, window[0]), moment(later, window[1]) + CLOSE_MARGIN_MS

    def _append_stretch(self, day: int) -> None:
        """Add the stretch that follows a day's; let the last one run on at the calendar's end."""
        end = self._ends[-1]
        assert end is not None
        following = self._following(day)
        if following is None:
            self._ends[-1] = None
            return
        self._offsets.append(self._offsets[-1] + end - self._starts[-1])
        self._starts.append(following[0])
        self._ends.append(following[1])

    def _extend(self, elapsed_ms: int) -> None:
        """Make sure that the stretch holding a lived time is known."""
        while (end := self._ends[-1]) is not None:
            if elapsed_ms < self._offsets[-1] + end - self._starts[-1]:
                return
            self._append_stretch(day_of(end - 1))


def _elapsed_ms(anchor: _Anchor) -> int:
    return anchor.elapsed_ms
