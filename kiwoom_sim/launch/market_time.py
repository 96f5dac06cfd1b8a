"""Tell the Python of a client what time it is in the market, while it runs.

A page of 32 bytes, in a file that the client maps, says how market time follows the monotonic
clock, which all processes of a machine share: so a client reads the time without asking anybody.
The page is written anew only when it is no longer true: at the first request, after a jump.

Not for: what a client does with it (`shim/kiwoom_sim_time.py`).
"""

import asyncio
import mmap
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

PAGE = struct.Struct("<qqqq")
"""Monotonic ns, Unix ns of the market then, market ns per ns, and the three of them XORed."""

VARIABLE = "KIWOOM_SIM_TIME"
"""Tells the shim which file to map."""

KOREA_MS = 9 * 3_600_000
LOOK_S = 0.02
"""Real time between two looks at the market's clock: so late a jump is noticed at most."""

SLACK_MS = 2
"""Wire time by which a page may be wrong before it is written anew: clocks tick in 1 ms."""

_MS_NS = 1_000_000
_SEOUL, _SEOUL_FILE = "Asia/Seoul", Path("/usr/share/zoneinfo/Asia/Seoul")
_SEOUL_PLAIN = "KST-9"
"""The same for a system that has no database of time zones."""


class Moment(NamedTuple):
    """Hold how market time follows the monotonic clock.

    Attributes:
        monotonic_ns: A moment of that clock.
        unix_ns: What a computer in that market would say then.
        rate: Market time per real time; 0 = it stands still.
    """

    monotonic_ns: int
    unix_ns: int
    rate: int

    def at(self, monotonic_ns: int) -> int:
        """Return the Unix time in ns of a moment of the monotonic clock."""
        return self.unix_ns + (monotonic_ns - self.monotonic_ns) * self.rate

    def packed(self) -> bytes:
        """Return the page that says so."""
        return PAGE.pack(*self, self.monotonic_ns ^ self.unix_ns ^ self.rate)


class MarketTime:
    """Keep a page true.

    Args:
        path: The file; it exists when this returns.
        market_ms: Returns the market time of now.
        speed: Market time per wire time; 0 = it moves by jumps alone.
    """

    def __init__(self, path: Path, market_ms: Callable[[], int], speed: int) -> None:
        self._market_ms = market_ms
        self._speed = speed
        self._told = self._look(rate=0)
        path.write_bytes(self._told.packed())
        path.chmod(0o644)
        self._path = path

    async def follow(self) -> None:
        """Write the page whenever it is no longer true, until cancelled."""
        with self._path.open("r+b") as file, mmap.mmap(file.fileno(), PAGE.size) as page:
            while True:
                await asyncio.sleep(LOOK_S)
                if self.look():
                    page[: PAGE.size] = self._told.packed()

    def look(self) -> bool:
        """Look at the market's clock; return whether the page has to be written anew."""
        now = self._look(rate=self._speed)
        off_ns = abs(self._told.at(now.monotonic_ns) - now.unix_ns)
        if off_ns <= SLACK_MS * max(self._speed, 1) * _MS_NS:
            return False
        self._told = now
        return True

    def _look(self, rate: int) -> Moment:
        unix_ns = (self._market_ms() - KOREA_MS) * _MS_NS
        return Moment(time.monotonic_ns(), unix_ns, rate)


def variables(path: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that let a client live in market time, Korea's unless it has another.

    Args:
        path: The page.
        inherited: Variables it has anyway.
    """
    zone = _SEOUL if _SEOUL_FILE.exists() else _SEOUL_PLAIN
    return {VARIABLE: str(path), "TZ": inherited.get("TZ") or zone}
