"""Declare a wrong length."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.transmission import Transmit


class WrongLength(Struct, frozen=True, kw_only=True, tag="wrong_length", tag_field="kind"):
    """Send an answer whose `Content-Length` is not the length of its body.

    Attributes:
        by: What is added to the true length. Above 0 the client waits for bytes that never come
            until the connection is closed behind the body; below 0 the declared body ends too
            early, and the rest lies on the connection where the next answer should begin.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "after"

    by: int = 16

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission with another length."""
        return (Transmit(length_by=self.by, end="close" if self.by > 0 else "go_on"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return "" if self.by else "by is 0; the length would be right"
