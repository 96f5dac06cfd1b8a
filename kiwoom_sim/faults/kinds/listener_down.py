"""Close the door itself."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope
from kiwoom_sim.faults.transmission import Shut


class ListenerDown(Struct, frozen=True, kw_only=True, tag="listener_down", tag_field="kind"):
    """Stop listening for a while: whoever connects is refused (ECONNREFUSED).

    The TLS port stops with either door, as one port serves both; `moment = "tls"` stops it alone.
    In front of a client that `run -- CMD` keeps apart, https and wss have a port each.

    Attributes:
        for_ms: How long; then the door listens at the same port again.
        cut: True also resets every connection of the door, the one that set this off included;
            False lets them go on, and what set this off is answered as usual.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    for_ms: Annotated[int, Meta(ge=1)]
    cut: bool = True

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the closing of the door."""
        return (Shut(for_ms=self.for_ms, cut=self.cut),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
