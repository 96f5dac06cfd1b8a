"""Leave connections half open."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Transmit


class HalfOpen(Struct, frozen=True, kw_only=True, tag="half_open", tag_field="kind"):
    """Leave the connection as if our machine had vanished: nothing is sent, read or closed.

    No FIN and no RST ever tells the client; not even its own close is answered.

    Attributes:
        at: `before` vanishes before the request, message or handshake is looked at; a frame is not
            sent. `during` vanishes in the middle of the answer or frame, `after` once the request
            or message took effect, without an answer, or behind the frame.
        for_ms: Reset the connection after so long; 0 = with the end of the run.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    at: Literal["before", "during", "after"] = "before"
    for_ms: Annotated[int, Meta(ge=0)] = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission that nobody finishes."""
        if self.at == "during":
            return (Transmit(keep_bps=5_000, end="half_open", hold_ms=self.for_ms),)
        unasked = self.at == "before"
        return (Transmit(unasked=unasked, silent=True, end="half_open", hold_ms=self.for_ms),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
