"""Send answers that never end."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Pace, Transmit


class EndlessChunks(Struct, frozen=True, kw_only=True, tag="endless_chunks", tag_field="kind"):
    """Send an answer in chunks (`Transfer-Encoding: chunked`) that go on and on behind the body.

    The further chunks are blanks, which JSON allows; the last chunk never comes. It ends when the
    client gives up, or with the run.

    Attributes:
        piece_bytes: Size of a chunk.
        every_ms: Wait before each further chunk.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    piece_bytes: Annotated[int, Meta(ge=1, le=65_536)] = 64
    every_ms: Annotated[int, Meta(ge=1)] = 100

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission without an end."""
        pace = Pace(self.piece_bytes, self.every_ms)
        return (Transmit(filler=b" " * self.piece_bytes, body=pace, end="close"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
