"""Check that events are timed for a session in which they can happen.

What depends on other events is checked in `event_conflicts`.
"""

from collections.abc import Iterator
from typing import Any

from kiwoom_sim.core.clock import MS_PER_DAY, date_from_day, day_of, format_time, time_of_day
from kiwoom_sim.scenario.events import At
from kiwoom_sim.scenario.problems import Problem
from kiwoom_sim.scenario.values import parse_at, parse_moment, show

_CONTINUOUS = ("circuit_breaker", "flash_crash", "index_shock", "sidecar", "vi")
"""Kinds that need continuous trading."""

_OF_A_SESSION = (*_CONTINUOUS, "limit_lock", "no_trade")
_OF_HOURS = ("early_close", "exam_day", "late_open")


def check_event_times(start: object, events: list[Any]) -> Iterator[Problem]:
    """Yield the events whose time is outside the hours in which they can happen.

    Args:
        start: `clock.start`, as the file has it.
        events: Tables of the script.
    """
    kinds = [_kind(event) for event in events]
    try:
        start_ms = parse_moment(start)
    except ValueError:
        return  # told where the value is read
    if start_ms is None or not set(_OF_A_SESSION).intersection(kinds):
        return
    changes_hours = not set(_OF_HOURS).isdisjoint(kinds)
    for place, (event, kind) in enumerate(zip(events, kinds, strict=True)):
        if kind not in _OF_A_SESSION:
            continue
        at_ms = _moment(event.get("at"), start_ms)
        if at_ms is None:
            continue
        needs_trading = kind in _CONTINUOUS and not changes_hours
        message = _wrong_time(at_ms, kind, needs_trading=needs_trading)
        if message:
            yield Problem(path=("event", place, "at"), message=f"{show(event['at'])} {message}")


def _kind(event: Any) -> str:
    do = event.get("do")
    kind = do.get("kind") if isinstance(do, dict) else None
    return kind if isinstance(kind, str) else ""


def _moment(value: object, start_ms: int) -> int | None:
    """Return the market time of an event that names one."""
    try:
        at: At = parse_at(value)
    except ValueError:
        return None  # told where the value is read
    if at.of == "moment":
        return at.ms
    if at.of == "day":
        today = start_ms - time_of_day(start_ms) + at.ms
        return today if today >= start_ms else today + MS_PER_DAY
    return None


def _wrong_time(at_ms: int, kind: str, *, needs_trading: bool) -> str:
    """Return what is wrong with the time of an event, or ""."""
    from kiwoom_sim.market.rules.calendar import load_calendar  # noqa: PLC0415 - loads numpy
    from kiwoom_sim.market.rules.sessions import session_times  # noqa: PLC0415 - loads numpy

    calendar, day = load_calendar(), day_of(at_ms)
    if not calendar.first_day <= day <= calendar.last_day:
        return ""  # told with the start of the clock
    if not calendar.is_session(day):
        return f"is on {date_from_day(day)}, when the exchange is closed"
    times = session_times(calendar, day)
    if needs_trading and not times.open_ms <= time_of_day(at_ms) < times.closing_auction_ms:
        hours = f"{_hour(times.open_ms)} to {_hour(times.closing_auction_ms)}"
        return f"is outside continuous trading ({hours}), which {kind} needs"
    return ""


def _hour(of_day_ms: int) -> str:
    text = format_time(of_day_ms)
    return f"{text[:2]}:{text[2:4]}"
