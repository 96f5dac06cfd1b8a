"""Put a scenario's events on the timeline, as commands with their times."""

from collections.abc import Sequence
from typing import assert_never

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment, time_of_day
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import Command, HaltSymbol, PinPrice, ResumeSymbol, SplitShares
from kiwoom_sim.engine.timeline import Timeline
from kiwoom_sim.scenario.events import At, Event, EventKind, Halt, Price, Resume, Split


def schedule(timeline: Timeline, clock: MarketClock, events: Sequence[Event]) -> None:
    """Add every event; one without an id is named by its place (`event#1`)."""
    start_ms = clock.at(0)
    for number, event in enumerate(events, 1):
        name = event.id or f"event#{number}"
        if event.at.of == "run":
            timeline.at_wire(event.at.ms, name, command_of(event.do))
        else:
            elapsed_ms = _elapsed(event.at, clock, start_ms)
            timeline.at_elapsed(elapsed_ms, name, command_of(event.do))


def command_of(kind: EventKind) -> Command:
    """Return the command that an event stands for."""
    match kind:
        case Halt():
            return HaltSymbol(symbol=kind.code)
        case Resume():
            return ResumeSymbol(symbol=kind.code)
        case Price():
            return PinPrice(symbol=kind.code, price_won=kind.price, for_ms=kind.for_market_ms)
        case Split():
            new_shares, old_shares = kind.ratio
            return SplitShares(symbol=kind.code, new_shares=new_shares, old_shares=old_shares)
        case _:
            assert_never(kind)


def _elapsed(at: At, clock: MarketClock, start_ms: int) -> int:
    """Return the lived market time of an event that is timed by the market."""
    if at.of == "start":
        return at.ms
    if at.of == "moment":
        return clock.elapsed_of(at.ms)
    today = moment(day_of(start_ms), at.ms)
    return clock.elapsed_of(today if at.ms >= time_of_day(start_ms) else today + MS_PER_DAY)
