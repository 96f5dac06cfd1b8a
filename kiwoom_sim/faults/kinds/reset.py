"""Reset connections."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Transmit


class Reset(Struct, frozen=True, kw_only=True, tag="reset", tag_field="kind"):
    """Reset the connection (TCP RST), so that the client fails with ECONNRESET.

    Attributes:
        at: `before` resets before the request, message or handshake is looked at; a frame is not
            sent. `during` resets in the middle of the answer or frame. `after` resets once the
            request or message took effect, without an answer, or right behind the frame.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    at: Literal["before", "during", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission that ends in a reset."""
        if self.at == "during":
            return (Transmit(keep_bps=5_000, end="reset"),)
        return (Transmit(unasked=self.at == "before", silent=True, end="reset"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
