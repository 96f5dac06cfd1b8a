"""Repeat old values while the market moves."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Replace
from kiwoom_sim.faults.frame_times import retimed
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class StaleFrame(Struct, frozen=True, kw_only=True, tag="stale_frame", tag_field="kind"):
    """Repeat an item's values instead of its new ones, frame for frame.

    The first frame of an item that meets the rule goes out as it is; what follows repeats it.
    Pushes (`REAL`) unless `match.api` names other frames.

    Attributes:
        clock: `old` repeats the whole frame; `new` gives the old values the new time, so that
            only the values tell.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    clock: Literal["old", "new"] = "old"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the old frame of the item, nothing where this one is the first."""
        facts = occasion.facts
        subject = f"{facts.api_id}|{facts.types}|{facts.codes}"
        old = occasion.recall(subject)
        if old is None:
            occasion.keep(subject, facts.text)
            return ()
        return (Replace(old if self.clock == "old" else retimed(old, facts.body)),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
