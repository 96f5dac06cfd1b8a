"""Accept connections and never read them."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope
from kiwoom_sim.faults.transmission import Transmit


class AcceptHang(Struct, frozen=True, kw_only=True, tag="accept_hang", tag_field="kind"):
    """Accept a connection and never read from it, like a server that is stuck.

    At the `rest` door needs `moment = "connect"`, or `"tls"`: then not even the TLS handshake is
    answered. At the `ws` door the handshake is the last that is read, and has no answer. Rules
    count connections with `per = "global"`.

    Attributes:
        for_ms: Reset the connection after so long; 0 = with the end of the run.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("connect", "tls"))

    for_ms: Annotated[int, Meta(ge=0)] = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the transmission that nobody begins."""
        return (Transmit(unasked=True, silent=True, end="half_open", hold_ms=self.for_ms),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
