"""Read the wall clock: the only place that does.

A pacer turns it into wire time, integer milliseconds since the run began, which everything else
takes as a parameter. It can be told to skip ahead, never to go back.
"""

import time
from datetime import UTC, datetime, timedelta

from kiwoom_sim.core.clock import moment_from_datetime

_KOREA = timedelta(hours=9)


def korean_wall_ms() -> int:
    """Return the Korean wall time, in ms since 1970-01-01 in Korea."""
    return moment_from_datetime((datetime.now(UTC) + _KOREA).replace(tzinfo=None))  # noqa: TID251 - the one reader


def stamp_ns() -> int:
    """Return a monotonic time in ns, for measuring how long something takes."""
    return time.perf_counter_ns()


class Pacer:
    """Count wire time from its creation, or from the latest `restart`.

    Invariant: wire time never runs backwards, whatever is paused, skipped and resumed.
    """

    def __init__(self) -> None:
        self._origin_ns = time.monotonic_ns()
        self._paused_ms: int | None = None

    def restart(self) -> None:
        """Let wire time begin now."""
        self._origin_ns = time.monotonic_ns()

    def now_ms(self) -> int:
        """Return the wire time."""
        if self._paused_ms is not None:
            return self._paused_ms
        return (time.monotonic_ns() - self._origin_ns) // 1_000_000

    def skip(self, by_ms: int) -> int:
        """Let so much wire time pass at once, and return what it is then."""
        assert by_ms >= 0
        self._origin_ns -= by_ms * 1_000_000
        if self._paused_ms is not None:
            self._paused_ms += by_ms
        return self.now_ms()

    def pause(self) -> None:
        """Let wire time stand still, but for `skip`, until `resume`."""
        self._paused_ms = self.now_ms()

    def resume(self) -> None:
        """Let wire time go on from where it stands."""
        if self._paused_ms is not None:
            self._origin_ns = time.monotonic_ns() - self._paused_ms * 1_000_000
            self._paused_ms = None
