"""Send the body of an answer slowly."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Pace, Transmit


class SlowBody(Struct, frozen=True, kw_only=True, tag="slow_body", tag_field="kind"):
    """Send the head of an answer at once and its body piece by piece.

    A client that only bounds the wait for the next byte waits for as long as this takes.

    Attributes:
        piece_bytes: Bytes that are sent at a time.
        every_ms: Wait before each further piece.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    piece_bytes: Annotated[int, Meta(ge=1)] = 64
    every_ms: Annotated[int, Meta(ge=1)] = 200

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the pace of the body."""
        return (Transmit(body=Pace(self.piece_bytes, self.every_ms)),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
