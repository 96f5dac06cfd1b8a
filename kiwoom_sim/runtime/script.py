"""Put a scenario's events on the timeline, as commands with their times."""

from collections.abc import Iterator, Sequence

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment, time_of_day
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import ChangeHours, ListShares
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.market.config import Offering
from kiwoom_sim.market.hours import session_of
from kiwoom_sim.market.listings import next_opening
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.schema import Scenario


def schedule(timeline: Timeline, clock: MarketClock, events: Sequence[Event]) -> None:
    """Add every event that waits for no phase; one without an id is named by its place."""
    start_ms = clock.at(0)
    for name, event in _named(events):
        if event.phase:
            continue
        if event.at.of == "run":
            timeline.at_wire(event.at.ms, name, event.do.command())
        else:
            elapsed_ms = _elapsed(event.at, clock, start_ms)
            timeline.at_elapsed(elapsed_ms, name, event.do.command())


def schedule_phase(timeline: Timeline, events: Sequence[Event], phase: str, wire_ms: int) -> None:
    """Add the events that wait for a phase, which begins at a wire time."""
    for name, event in _named(events):
        if event.phase == phase:
            timeline.at_wire(wire_ms + event.at.ms, name, event.do.command())


def _named(events: Sequence[Event]) -> Iterator[tuple[str, Event]]:
    """Yield the events with their names in the journal (`event#1`)."""
    for number, event in enumerate(events, 1):
        yield event.id or f"event#{number}", event


def calendar_of(scenario: Scenario, calendar: Calendar) -> Calendar:
    """Return the sessions of a run: the packaged ones with the hours that its script changes."""
    assert scenario.clock.start_ms is not None
    own = calendar.of_run()
    for event in scenario.events:
        command = event.do.command()
        if not isinstance(command, ChangeHours):
            continue
        own.exceptions[session_of(own, _moment(event.at, scenario))] = command.hours
    return own


def offerings_of(scenario: Scenario, calendar: Calendar) -> tuple[Offering, ...]:
    """Return what the script of a run lists anew.

    Args:
        scenario: What is run; its clock must have a start.
        calendar: Sessions of the run.
    """
    found = []
    for event in scenario.events:
        command = event.do.command()
        if isinstance(command, ListShares):
            offering = Offering(
                code=command.symbol,
                name=command.name,
                board=command.board,
                day=next_opening(calendar, _moment(event.at, scenario)),
                price_won=command.price_won,
                shares=command.shares,
                opening_bps=command.opening_bps,
            )
            found.append(offering)
    return tuple(found)


def _moment(at: At, scenario: Scenario) -> int:
    """Return the market time of an event, as if the exchange had no closed hours to jump."""
    start_ms = scenario.clock.start_ms
    assert start_ms is not None
    if at.of in {"run", "start"}:
        return start_ms + at.ms * (scenario.clock.speed if at.of == "run" else 1)
    return _today(at.ms, start_ms) if at.of == "day" else at.ms


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
