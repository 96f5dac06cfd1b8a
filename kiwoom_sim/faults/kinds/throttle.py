"""Send only the newest values, a few times a second."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Hold
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class Throttle(Struct, frozen=True, kw_only=True, tag="throttle", tag_field="kind"):
    """Send each item's newest frame a few times a second and leave out those in between.

    Pushes (`REAL`) unless `match.api` names other frames; every pair of type and item has its
    own turn. The last value of an item always arrives, late by one turn at most.

    Attributes:
        per_second: Turns of an item per second.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    per_second: Annotated[int, Meta(ge=1, le=100)] = 1

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the wait until the item's next turn."""
        facts, rate = occasion.facts, self.per_second
        turn = facts.wire_ms * rate // 1_000 + 1
        turn_ms = -(-turn * 1_000 // rate)
        subject = f"{facts.api_id}|{facts.types}|{facts.codes}"
        return (Hold(delay_ms=turn_ms - facts.wire_ms, key=subject),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
