"""Narrow the line."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Pace, Transmit

_SECOND_MS = 1_000
_PIECE_MS = 20


class Bandwidth(Struct, frozen=True, kw_only=True, tag="bandwidth", tag_field="kind"):
    """Send an answer over a line that carries only so much.

    Attributes:
        per_second_bytes: What the line carries in a second, as "16KB".
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    per_second_bytes: Annotated[int, Meta(ge=1)]

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return one pace for head and body."""
        piece_bytes = max(1, self.per_second_bytes * _PIECE_MS // _SECOND_MS)
        pace = Pace(piece_bytes, max(1, piece_bytes * _SECOND_MS // self.per_second_bytes))
        return (Transmit(head=pace, body=pace),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
