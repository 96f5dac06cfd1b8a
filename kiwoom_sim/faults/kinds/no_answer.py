"""Close connections without an answer."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Transmit


class NoAnswer(Struct, frozen=True, kw_only=True, tag="no_answer", tag_field="kind"):
    """Close the connection properly (TCP FIN) without an answer.

    At the `ws` door no close frame is sent, so that the client sees code 1006.

    Attributes:
        at: `before` closes before the request, message or handshake is looked at; a frame is not
            sent. `after` closes once the request or message took effect, so that only the answer
            is lost, or right behind the frame.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    at: Literal["before", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission of nothing."""
        return (Transmit(unasked=self.at == "before", silent=True, end="close"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
