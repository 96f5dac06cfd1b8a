"""Events are told to be impossible as far as a file alone can tell."""

from datetime import datetime, time
from typing import Any

import pytest

from kiwoom_sim.scenario.event_checks import check_event_times
from kiwoom_sim.scenario.loader import parse_scenario

START = "2026-03-23T09:30:00"


def told(at: object, kind: object, *more: dict[str, Any], start: object = START) -> list[str]:
    event = {"at": at, "do": {"kind": kind}}
    return [problem.message for problem in check_event_times(start, [event, *more])]


@pytest.mark.parametrize("kind", ["vi", "flash_crash", "index_shock", "circuit_breaker", "sidecar"])
def test_some_kinds_need_continuous_trading(kind: str) -> None:
    assert told(time(10), kind) == []
    [message] = told(time(15, 20), kind)
    assert message.startswith("15:20:00 is outside continuous trading (09:00 to 15:20)")


def test_a_lock_needs_a_session() -> None:
    assert told(time(8, 50), "limit_lock") == []
    [message] = told(datetime(2026, 3, 28, 10), "limit_lock")  # noqa: DTZ001 - Korean time
    assert "is on 2026-03-28, when the exchange is closed" in message


def test_nothing_is_said_where_times_are_not_known() -> None:
    assert told("30s", "vi") == []
    assert told("soon", "vi") == []
    assert told(time(8), "halt") == []
    assert told(time(8), 5) == []
    assert told(time(8), "vi", start="now") == []
    assert told(time(8), "vi", start=7) == []
    assert told(time(16), "vi", {"do": {"kind": "exam_day"}}) == []


def test_hours_of_the_calendar_count() -> None:
    assert told(time(16), "vi", start="2026-11-19T09:30:00") == []


def test_a_scenario_on_time_is_accepted() -> None:
    text = f"schema = 1\nclock = {{ start = {START} }}\n[[event]]\nat = 10:00:00\n"
    assert parse_scenario(text + 'do = { kind = "circuit_breaker" }\n', name="one").events
