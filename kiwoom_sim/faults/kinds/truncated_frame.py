"""Cut frames short."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Replace
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class TruncatedFrame(Struct, frozen=True, kw_only=True, tag="truncated_frame", tag_field="kind"):
    """Send only the beginning of a frame; pushes unless `match.api` names other frames.

    The text breaks off between two characters, so that it is a valid frame of invalid JSON.

    Attributes:
        keep_bps: How much of it is sent ("50%").
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    keep_bps: Annotated[int, Meta(ge=0, le=10_000)] = 5_000

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the beginning."""
        text = occasion.facts.text
        kept = text[: len(text) * self.keep_bps // 10_000]
        return (Replace(kept.decode(errors="ignore").encode()),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return "" if self.keep_bps < 10_000 else "to keep 100% is to cut nothing"
