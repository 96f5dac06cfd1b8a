"""Describe scripted events: what happens in the market, or to the service, and when.

Not for: doing it. `engine/timeline.py` gets each event as a command with its time.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.engine.commands import ChangeHours, Command, ListShares
from kiwoom_sim.faults.kinds.pause import Pause
from kiwoom_sim.faults.kinds.restart import Restart
from kiwoom_sim.scenario.board_events import CircuitBreaker, IndexShock, Sidecar
from kiwoom_sim.scenario.day_events import EarlyClose, ExamDay, LateOpen
from kiwoom_sim.scenario.listing_events import Delisting, Listing
from kiwoom_sim.scenario.symbol_events import (
    AfterMarket,
    FlashCrash,
    GapOpen,
    Halt,
    LimitLock,
    NoTrade,
    Price,
    Resume,
    Split,
    Vi,
)


class At(Struct, frozen=True):
    """Give the time of an event.

    Attributes:
        of: What `ms` counts: `run` is wire time since the run began ("30s"), `start` market
            time since its start ("30s@market"), `day` the time of day of the market, the next
            one that comes (09:01:10), `moment` a market time (2026-03-23T09:01:10), `phase` wire
            time since a phase began ("+20s").
        ms: Milliseconds.
    """

    of: Literal["run", "start", "day", "moment", "phase"]
    ms: int


EventKind = (
    CircuitBreaker
    | Delisting
    | EarlyClose
    | ExamDay
    | FlashCrash
    | GapOpen
    | Halt
    | IndexShock
    | LateOpen
    | LimitLock
    | Listing
    | NoTrade
    | AfterMarket
    | Pause
    | Price
    | Restart
    | Resume
    | Sidecar
    | Split
    | Vi
)
"""What `kind` in an event's `do` may name."""


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one thing that happens in the market, or to the service that shows it.

    Attributes:
        id: Name in the journal; "" = the event's place in the file.
        at: When: a time of day, a date and time, or a duration since the run began; with `phase`,
            since that began, as "+20s".
        do: What happens.
        phase: Phase from whose start `at` counts, however that begins; it happens even if the
            phase is over by then. "" = none.
    """

    at: Annotated[At, Meta(extra={"toml": "at"})]
    do: EventKind
    id: str = ""
    phase: str = ""

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.at.of == "phase" and not self.phase:
            return 'at with "+" counts from the start of a phase; name it with phase = "..."'
        if self.phase and self.at.of != "phase":
            return 'with phase, at counts from its start; write it as at = "+20s"'
        if self.phase and isinstance(self.do.command(), ChangeHours | ListShares):
            kind = self.do.__struct_config__.tag
            return f"{kind} has to be known before the run; leave phase out"
        return ""


class TimelineEvent(Struct, frozen=True, kw_only=True):
    """Hold one scripted command and when it is due.

    Attributes:
        name: Name in the journal.
        of: What `ms` counts: `wire` time, market time lived through since the start
            (`elapsed`), or `market` time.
        ms: When it is due.
    """

    name: str
    command: Command
    of: Literal["wire", "elapsed", "market"]
    ms: int


def timeline_of(events: tuple[Event, ...], start_ms: int) -> tuple[TimelineEvent, ...]:
    """Return the commands of a script, in the order of the file.

    Args:
        events: The script.
        start_ms: Market time at which the run begins.
    """
    return tuple(
        _timeline_event(event, event.id or f"event[{place}]", start_ms)
        for place, event in enumerate(events)
    )


def _timeline_event(event: Event, name: str, start_ms: int) -> TimelineEvent:
    of: Literal["wire", "elapsed", "market"] = "market"
    ms = event.at.ms
    match event.at.of:
        case "run" | "phase":
            of = "wire"
        case "start":
            of = "elapsed"
        case "day":
            ms = moment(day_of(start_ms), event.at.ms)
            ms += MS_PER_DAY if ms < start_ms else 0
        case "moment":
            pass
    return TimelineEvent(name=name, command=event.do.command(), of=of, ms=ms)
