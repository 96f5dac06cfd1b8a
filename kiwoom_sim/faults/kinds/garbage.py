"""Send nonsense."""

from hashlib import shake_128
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Transmit


class Garbage(Struct, frozen=True, kw_only=True, tag="garbage", tag_field="kind"):
    """Send random bytes in place of an answer, a handshake or a frame, then close (TCP FIN).

    They never look like HTTP, nor like a frame that a client may accept.

    Attributes:
        size_bytes: How many; drawn from the rule's own stream.
        at: `before` sends them before the request, message or handshake is looked at, and instead
            of a frame; `after` once it took effect, so that only the answer is lost, and behind a
            frame.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    size_bytes: Annotated[int, Meta(ge=1, le=65_536)] = 64
    at: Literal["before", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the transmission of random bytes."""
        drawn = occasion.draw_below(1 << 64).to_bytes(8, "little")
        # With the highest bits set the first byte is no HTTP, and no frame without an extension.
        first, *rest = shake_128(drawn).digest(self.size_bytes)
        garbage = bytes((first | 0xF0, *rest))
        return (Transmit(unasked=self.at == "before", garbage=garbage, end="close"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
