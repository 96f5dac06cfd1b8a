"""Send frames more than once."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Extra
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class DuplicateFrame(Struct, frozen=True, kw_only=True, tag="duplicate_frame", tag_field="kind"):
    """Send a frame again, byte for byte; pushes (`REAL`) unless `match.api` names other frames.

    Attributes:
        copies: How many more are sent.
        delay_ms: Time between one copy and the next; frames in between go on.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    copies: Annotated[int, Meta(ge=1, le=100)] = 1
    delay_ms: Annotated[int, Meta(ge=0)] = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the copies."""
        return tuple(Extra(delay_ms=number * self.delay_ms) for number in range(1, self.copies + 1))

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
