"""Let frames overtake each other."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Hold
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class Reorder(Struct, frozen=True, kw_only=True, tag="reorder", tag_field="kind"):
    """Send a frame after later ones; pushes (`REAL`) unless `match.api` names other frames.

    On each occasion one frame is passed by the next ones; use `when` to choose which frames.

    Attributes:
        frames: How many frames of the connection pass it.
        within_ms: After this time it is sent even if fewer have passed.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    frames: Annotated[int, Meta(ge=1, le=1_000)] = 1
    within_ms: Annotated[int, Meta(ge=1)] = 1_000

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the way back in the queue."""
        return (Hold(delay_ms=self.within_ms, frames=self.frames),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
