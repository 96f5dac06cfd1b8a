"""Check that events land on the timeline at the time they name."""

from fractions import Fraction

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.runtime.script import schedule
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.symbol_events import Halt

DAY = 20_535
START = moment(DAY, clock_ms(9, 30))


def market_times(*times: At, speed: int = 1) -> list[tuple[str, int, int]]:
    clock = MarketClock(START, speed=Fraction(speed))
    timeline = Timeline(clock)
    schedule(timeline, clock, [Event(at=at, do=Halt(code="005930")) for at in times])
    far = 10 * 86_400_000
    return [(due.name, due.wire_ms, due.market_ms - START) for due in timeline.take(far)]


def test_each_way_to_name_a_time() -> None:
    found = market_times(
        At(of="run", ms=1_000),
        At(of="start", ms=40_000),
        At(of="day", ms=clock_ms(9, 31)),
        At(of="moment", ms=START + 90_000),
        speed=10,
    )
    assert found == [
        ("event#1", 1_000, 10_000),
        ("event#2", 4_000, 40_000),
        ("event#3", 6_000, 60_000),
        ("event#4", 9_000, 90_000),
    ]


def test_a_time_of_day_that_is_past_means_tomorrow() -> None:
    [(_, _, after_ms)] = market_times(At(of="day", ms=clock_ms(9)))
    assert after_ms == clock_ms(23, 30)
