"""Let a Python client live in market time; `sitecustomize.py` loads this where it is wanted.

Whoever asks Python for the date or the time of day gets the market's. What measures how long
something takes stays real: `time.monotonic`, `perf_counter`, `sleep`, every time-out and every
timer of an event loop, because a client waits in real time. Files keep their real times, and so
does what asks the operating system without asking Python, such as the clock of OpenSSL.
"""

from __future__ import annotations

import ctypes
import datetime
import gc
import mmap
import struct
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

Date = TypeVar("Date", bound=datetime.datetime)

PAGE = struct.Struct("<qqqq")
SECOND_NS = 1_000_000_000
UTC = datetime.timezone.utc  # noqa: UP017 - clients may run an older Python
_monotonic_ns = time.monotonic_ns


class MarketClock:
    """Read a page that the simulator keeps true."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes as long as all else
            self._page = mmap.mmap(file.fileno(), PAGE.size, access=mmap.ACCESS_READ)

    def time_ns(self) -> int:
        """Return the Unix time of the market in ns."""
        while True:
            then, unix, rate, check = PAGE.unpack(self._page[: PAGE.size])
            if then ^ unix ^ rate == check:  # else it is being written
                return int(unix + (_monotonic_ns() - then) * rate)

    def time(self) -> float:
        """Return the Unix time of the market in s."""
        return self.time_ns() / SECOND_NS


class Function:
    """Stand for a built-in function: as an attribute of a class it does not become a method."""

    def __init__(self, function: Callable[..., Any], real: Any) -> None:
        self._function = function
        self.__name__ = self.__qualname__ = real.__name__
        self.__doc__ = real.__doc__

    def __call__(self, *args: Any, **more: Any) -> Any:
        """Do what the function does."""
        return self._function(*args, **more)


def install(clock: MarketClock) -> None:
    """Let the modules `time` and `datetime` tell the time of a clock."""
    for name, function in [*_of_now(clock), *_of_a_moment(clock)]:
        real = getattr(time, name, None)
        if real is not None:
            setattr(time, name, Function(function, real))
    if sys.implementation.name == "cpython":  # elsewhere they ask `time`
        _replace(datetime.datetime, "now", _now(clock))
        _replace(datetime.datetime, "utcnow", _utcnow(clock))


def _of_now(clock: MarketClock) -> list[tuple[str, Callable[..., Any]]]:
    """Return what stands for the functions that tell the time as a number."""
    wall = getattr(time, "CLOCK_REALTIME", None)
    get, get_ns = getattr(time, "clock_gettime", None), getattr(time, "clock_gettime_ns", None)

    def clock_gettime(number: int) -> float:
        return clock.time() if number == wall else get(number)  # type: ignore[misc] # then it is there

    def clock_gettime_ns(number: int) -> int:
        return clock.time_ns() if number == wall else get_ns(number)  # type: ignore[misc] # likewise

    return [
        ("time", clock.time), ("time_ns", clock.time_ns), ("clock_gettime", clock_gettime),
        ("clock_gettime_ns", clock_gettime_ns),
    ]  # fmt: skip


def _of_a_moment(clock: MarketClock) -> list[tuple[str, Callable[..., Any]]]:
    """Return what stands for the functions that take now if they are given no moment."""

    def from_number(real: Callable[[float], Any]) -> Callable[..., Any]:
        return lambda seconds=None: real(clock.time() if seconds is None else seconds)

    asctime, strftime, localtime = time.asctime, time.strftime, time.localtime

    def now() -> time.struct_time:
        return localtime(clock.time())

    return [
        *((name, from_number(getattr(time, name))) for name in ("localtime", "gmtime", "ctime")),
        ("asctime", lambda *given: asctime(*(given or (now(),)))),
        ("strftime", lambda form, *given: strftime(form, *(given or (now(),)))),
    ]


def _now(clock: MarketClock) -> Callable[..., Any]:
    def now(cls: type[Date], tz: datetime.tzinfo | None = None) -> Date:
        seconds, rest = divmod(clock.time_ns(), SECOND_NS)
        return cls.fromtimestamp(seconds, tz).replace(microsecond=rest // 1_000)

    return now


def _utcnow(clock: MarketClock) -> Callable[..., Any]:
    def utcnow(cls: type[Date]) -> Date:
        if sys.version_info >= (3, 12):
            text = "datetime.datetime.utcnow() is deprecated; use datetime.now(datetime.UTC)"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
        seconds, rest = divmod(clock.time_ns(), SECOND_NS)
        return cls.fromtimestamp(seconds, UTC).replace(tzinfo=None, microsecond=rest // 1_000)

    return utcnow


def _replace(owner: type, name: str, function: Callable[..., Any]) -> None:
    """Replace a class method of a built-in type, for whoever has the type already.

    A subclass in its place would be another type, which libraries in C neither make nor accept.
    """
    function.__qualname__ = f"{owner.__name__}.{name}"
    members = gc.get_referents(owner.__dict__)[0]  # the dictionary behind the read-only view
    members[name] = classmethod(function)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))
