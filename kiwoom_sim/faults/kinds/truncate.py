"""Cut answers short."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Transmit


class Truncate(Struct, frozen=True, kw_only=True, tag="truncate", tag_field="kind"):
    """Send the head of an answer with its true length, but only the first part of the body.

    Attributes:
        keep_bps: Share of the body that is sent ("50%"), below all of it.
        after_bytes: Cut after so many bytes of the body, if that comes first.
        end: How the connection ends: `close` (FIN) or `reset` (RST).
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    keep_bps: Annotated[int, Meta(ge=0, le=9_999)] = 5_000
    after_bytes: Annotated[int, Meta(ge=0)] | None = None
    end: Literal["close", "reset"] = "close"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission of a part."""
        return (Transmit(keep_bps=self.keep_bps, keep_bytes=self.after_bytes, end=self.end),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
