"""Never answer."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Transmit


class Hang(Struct, frozen=True, kw_only=True, tag="hang", tag_field="kind"):
    """Accept a request and never answer it; the connection stays open until the client gives up.

    At the `ws` door the connection is silent from then on: no frame, no PING, not even a close
    frame is answered; only the client's FIN is.

    Attributes:
        at: `before` hangs before the request, message or handshake is looked at; a frame is not
            sent. `after` hangs once the request or message took effect, or behind the frame.
        for_ms: Close the connection after so long; 0 = leave it to the client.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    at: Literal["before", "after"] = "before"
    for_ms: Annotated[int, Meta(ge=0)] = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission of nothing, for ever."""
        return (
            Transmit(unasked=self.at == "before", silent=True, end="hang", hold_ms=self.for_ms),
        )

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
