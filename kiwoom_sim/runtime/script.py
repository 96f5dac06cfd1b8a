"""Put a scenario's events on the timeline, as commands with their times."""

from collections.abc import Sequence

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment, time_of_day
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.scenario.events import At, Event


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


def _elapsed(at: At, clock: MarketClock, start_ms: int) -> int:
    """Return the lived market time of an event that is timed by the market."""
    if at.of == "start":
        return at.ms
    if at.of == "moment":
        return clock.elapsed_of(at.ms)
    today = moment(day_of(start_ms), at.ms)
    return clock.elapsed_of(today if at.ms >= time_of_day(start_ms) else today + MS_PER_DAY)
