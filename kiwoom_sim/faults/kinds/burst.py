"""Hold frames back and send them all at once."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Delay, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class Burst(Struct, frozen=True, kw_only=True, tag="burst", tag_field="kind"):
    """Hold frames back and send what has gathered at once, in order, at regular times.

    Holds pushes (`REAL`) unless `match.api` names other frames; whatever else is sent on the
    connection waits with them, as behind a network that stalls.

    Attributes:
        every_ms: Time between two releases, counted from the start of the run.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    every_ms: Annotated[int, Meta(ge=1)] = 2_000

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the wait until the next release; a frame that is due just then goes at once."""
        since_ms = occasion.facts.wire_ms % self.every_ms
        return (Delay(delay_ms=self.every_ms - since_ms),) if since_ms else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
