from datetime import date
from typing import Any

from kiwoom_sim.core.clock import clock_ms, day_from_date, moment
from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.scenario.event_times import timed_events, untimed_codes
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.symbol_events import Halt

MONDAY = day_from_date(date(2026, 3, 23))
START = moment(MONDAY, clock_ms(9, 30))


def times(of: Any, ms: int, **clock: Any) -> list[int]:
    event = Event(at=At(of, ms), do=Halt(code="005930"), id="stop")
    return [each.at_ms for each in timed_events((event,), ClockConfig(start_ms=START, **clock))]


def test_every_way_to_name_a_time_is_a_market_time() -> None:
    assert times("moment", START + 5) == [START + 5]
    assert times("day", clock_ms(10)) == [moment(MONDAY, clock_ms(10))]
    assert times("day", clock_ms(9)) == [moment(MONDAY + 1, clock_ms(9))]
    assert times("run", 1_000) == [START + 1_000]
    assert times("run", 1_000, mode="scaled", speed=60) == [START + 60_000]
    assert times("start", 1_000, mode="scaled", speed=60) == [START + 1_000]


def test_what_only_the_run_knows_is_left_out() -> None:
    assert times("run", 1_000, mode="stepped") == []
    assert times("run", 7 * 3_600_000, session="always-open") == []
    assert times("run", 7 * 3_600_000) == [START + 7 * 3_600_000]


def test_the_instruments_of_untimed_events_are_told() -> None:
    events = tuple(
        Event(at=At(of, 1_000), do=Halt(code=code))  # type: ignore[arg-type] # literals
        for of, code in (("run", "005930"), ("start", "000660"))
    )
    timed = [*timed_events(events, ClockConfig(start_ms=START, mode="stepped"))]
    assert untimed_codes(events, timed) == {"005930"}


def test_a_time_knows_its_sessions() -> None:
    event = Event(at=At("moment", moment(MONDAY - 1, clock_ms(9))), do=Halt(code="005930"))
    (timed,) = timed_events((event,), ClockConfig(start_ms=START))
    assert (timed.name, timed.kind, timed.code, timed.clock) == (
        "event[0]", "halt", "005930", "09:00:00",
    )  # fmt: skip
    assert (timed.session, timed.later[:2]) == (MONDAY, (MONDAY, MONDAY + 1))
    assert timed.opens_ms == moment(MONDAY, clock_ms(9))
