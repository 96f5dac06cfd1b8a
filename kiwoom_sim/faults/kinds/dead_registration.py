"""Take registrations and never serve them."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Mute
from kiwoom_sim.faults.match import Patterns
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class DeadRegistration(
    Struct, frozen=True, kw_only=True, tag="dead_registration", tag_field="kind"
):
    """Acknowledge a REG (on `/ws` a `subscribe`) and never send what it asks for.

    The silence lasts until the item is registered anew, the connection ends, or the control door
    is told to count anew (`reset`).

    Attributes:
        type: Real-time types that stay silent ("0B"); none = all that the message names.
        code: Items that stay silent ("005930"); none = all that the message names.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    position: ClassVar[str] = "after"
    acts_on: ClassVar[Scope] = Scope(moments=("message",), only=("REG", "subscribe"))

    type: Patterns = ()
    code: Patterns = ()

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the silence."""
        return (Mute(types=self.type, codes=self.code),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
