"""Put a scenario's events on the timeline, as commands with their times."""

from collections.abc import Sequence

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment, time_of_day
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import ChangeHours
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.market.hours import session_of
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.schema import Scenario


def schedule(timeline: Timeline, clock: MarketClock, events: Sequence[Event]) -> None:
    """Add every event; one without an id is named by its place (`event#1`)."""
    start_ms = clock.at(0)
    for number, event in enumerate(events, 1):
        name = event.id or f"event#{number}"
        if event.at.of == "run":
            timeline.at_wire(event.at.ms, name, event.do.command())
        else:
            elapsed_ms = _elapsed(event.at, clock, start_ms)
            timeline.at_elapsed(elapsed_ms, name, event.do.command())


def calendar_of(scenario: Scenario, calendar: Calendar) -> Calendar:
    """Return the sessions of a run: the packaged ones with the hours that its script changes."""
    assert scenario.clock.start_ms is not None
    own, start_ms = calendar.of_run(), scenario.clock.start_ms
    for event in scenario.events:
        command = event.do.command()
        if not isinstance(command, ChangeHours):
            continue
        at_ms = event.at.ms
        if event.at.of in {"run", "start"}:
            speed = scenario.clock.speed if event.at.of == "run" else 1
            at_ms = start_ms + event.at.ms * speed
        elif event.at.of == "day":
            at_ms = _today(event.at.ms, start_ms)
        own.exceptions[session_of(own, at_ms)] = command.hours
    return own


def _today(of_day_ms: int, start_ms: int) -> int:
    """Return the next instant at a time of day."""
    today = moment(day_of(start_ms), of_day_ms)
    return today if of_day_ms >= time_of_day(start_ms) else today + MS_PER_DAY


def _elapsed(at: At, clock: MarketClock, start_ms: int) -> int:
    """Return the lived market time of an event that is timed by the market."""
    if at.of == "start":
        return at.ms
    if at.of == "moment":
        return clock.elapsed_of(at.ms)
    return clock.elapsed_of(_today(at.ms, start_ms))
