"""Describe scripted market events: what happens to an instrument, and when.

Not for: doing it. `engine/timeline.py` gets each event as a command with its time.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.engine.commands import Command, HaltSymbol, PinPrice, ResumeSymbol, SplitShares

Code = Annotated[str, Meta(pattern="^[0-9A-Z]{6}$")]


class At(Struct, frozen=True):
    """Give the time of an event.

    Attributes:
        of: What `ms` counts: `run` is wire time since the run began ("30s"), `start` market
            time since its start ("30s@market"), `day` the time of day of the market, the next
            one that comes (09:01:10), `moment` a market time (2026-03-23T09:01:10).
        ms: Milliseconds.
    """

    of: Literal["run", "start", "day", "moment"]
    ms: int


class Halt(Struct, frozen=True, kw_only=True, tag="halt", tag_field="kind"):
    """Halt trading (거래정지) in an instrument.

    Attributes:
        code: Instrument.
    """

    code: Code

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return HaltSymbol(symbol=self.code)


class Resume(Struct, frozen=True, kw_only=True, tag="resume", tag_field="kind"):
    """Resume trading in an instrument, and end a price that was set for it.

    Attributes:
        code: Instrument.
    """

    code: Code

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return ResumeSymbol(symbol=self.code)


class Price(Struct, frozen=True, kw_only=True, tag="price", tag_field="kind"):
    """Set the price of an instrument.

    Attributes:
        code: Instrument.
        price: Price in won, taken to the grid and inside the day's limits.
        for_market_ms: How long it stays there: "2m" is wire time, as everywhere, and "2m@market"
            market time; then the market moves on from this price.
    """

    code: Code
    price: Annotated[int, Meta(ge=1)]
    for_market_ms: Annotated[int, Meta(ge=1)] = 60_000

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return PinPrice(symbol=self.code, price_won=self.price, for_ms=self.for_market_ms)


class Split(Struct, frozen=True, kw_only=True, tag="split", tag_field="kind"):
    """Split the shares of an instrument at the opening of the next session.

    Attributes:
        code: Instrument.
        ratio: New shares for old shares, as [5, 1].
    """

    code: Code
    ratio: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]

    def command(self) -> Command:
        """Return what the world is asked to do."""
        new, old = self.ratio
        return SplitShares(symbol=self.code, new_shares=new, old_shares=old)


EventKind = Halt | Price | Resume | Split
"""What `kind` in an event's `do` may name."""


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one thing that happens in the market.

    Attributes:
        id: Name in the journal; "" = the event's place in the file.
        at: When: a time of day, a date and time, or a duration since the run began.
        do: What happens.
    """

    at: Annotated[At, Meta(extra={"toml": "at"})]
    do: EventKind
    id: str = ""


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
        case "run":
            of = "wire"
        case "start":
            of = "elapsed"
        case "day":
            ms = moment(day_of(start_ms), event.at.ms)
            ms += MS_PER_DAY if ms < start_ms else 0
        case "moment":
            pass
    return TimelineEvent(name=name, command=event.do.command(), of=of, ms=ms)
