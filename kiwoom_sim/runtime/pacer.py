"""Read the wall clock: the only place that does.

A pacer turns it into wire time, integer milliseconds since the run began, which everything else
takes as a parameter.
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
    """Count wire time from its creation, or from the latest `restart`."""

    def __init__(self) -> None:
        self._origin_ns = time.monotonic_ns()

    def restart(self) -> None:
        """Let wire time begin now."""
        self._origin_ns = time.monotonic_ns()

    def now_ms(self) -> int:
        """Return the wire time; it never runs backwards."""
        return (time.monotonic_ns() - self._origin_ns) // 1_000_000
