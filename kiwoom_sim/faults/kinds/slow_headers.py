"""Send the head of an answer slowly."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Pace, Transmit


class SlowHeaders(Struct, frozen=True, kw_only=True, tag="slow_headers", tag_field="kind"):
    """Send status line and headers of an answer piece by piece; the body follows at once.

    The connection is alive all the time, so that a time-out between two bytes never strikes.

    Attributes:
        piece_bytes: Bytes that are sent at a time.
        every_ms: Wait before each further piece.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    piece_bytes: Annotated[int, Meta(ge=1)] = 16
    every_ms: Annotated[int, Meta(ge=1)] = 200

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the pace of the head."""
        return (Transmit(head=Pace(self.piece_bytes, self.every_ms)),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
