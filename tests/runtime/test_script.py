"""Check that events land on the timeline at the time they name."""

from fractions import Fraction

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.observe.journal import EventEntry
from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.assembly import assemble
from kiwoom_sim.runtime.script import calendar_of, schedule
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.loader import parse_scenario
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


HOURS = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
session = "always-open"
[market]
symbols = ["005930"]
[[event]]
at = "0s"
do = { kind = "early_close", close = "11:00" }
[[event]]
at = 2026-03-24T00:00:00
do = { kind = "exam_day" }
"""


def test_hours_of_a_script_are_known_from_the_start() -> None:
    scenario = parse_scenario(HOURS, name="hours")
    parts = assemble(scenario, epoch_ms=0, directory=None, run="")
    clock, calendar = parts.world.clock, parts.world.market.calendar
    assert session_times(calendar, DAY).close_ms == clock_ms(11)
    assert session_times(calendar, DAY + 1).open_ms == clock_ms(10)
    assert session_times(load_calendar(), DAY).close_ms == clock_ms(15, 30)
    assert clock.at(5_400_000) < moment(DAY, clock_ms(11, 1))
    assert moment(DAY + 1, clock_ms(10)) <= clock.at(5_600_000) < moment(DAY + 1, clock_ms(11))
    assert [refused for _, refused in parts.world.advance(7_200_000)] == ["", ""]


def test_hours_may_be_timed_in_every_way() -> None:
    text = HOURS.replace("2026-03-24T00:00:00", "{at}")
    for at in ('"24h"', '"24h@market"', "00:00:00"):
        scenario = parse_scenario(text.replace("{at}", at), name="hours")
        own = calendar_of(scenario, load_calendar())
        assert own.exceptions[DAY + 1] == "shifted", at


PHASED = """
schema = 1
[clock]
mode = "scaled"
speed = 10
start = 2026-03-23T09:30:00
[market]
symbols = ["005930"]
[[phase]]
id = "wait"
until = "token.issued >= 1"
timeout = "1m"
[[phase]]
id = "storm"
for = "10s"
[[event]]
id = "halted"
phase = "storm"
at = "+2s"
do = { kind = "halt", code = "005930" }
[[event]]
phase = "storm"
at = "+50s@market"
do = { kind = "resume", code = "005930" }
"""


def happened(simulation: Simulation) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    write = simulation.parts.journal.event

    def hear(entry: EventEntry) -> None:
        if entry.event == "command_applied":
            found.append((entry.ms, str(entry.detail["id"])))
        write(entry)

    simulation.parts.journal.event = hear  # type: ignore[method-assign] # listens in
    return found


def test_events_of_a_phase_count_from_its_start_whenever_that_is() -> None:
    late, early = (Simulation(parse_scenario(PHASED), epoch_ms=0) for _ in range(2))
    told_late, told_early = happened(late), happened(early)
    late.pump(90_000)
    assert told_late == [(62_000, "halted"), (65_000, "event#2")]
    early.pump(3_000)
    early.feed(Record(ms=3_500, seq=1, kind="control", text="until wait"))
    early.pump(90_000)
    assert told_early == [(5_500, "halted"), (8_500, "event#2")]
