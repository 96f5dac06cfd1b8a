"""Close connections."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Close, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import ANYWHERE, Scope


class Disconnect(Struct, frozen=True, kw_only=True, tag="disconnect", tag_field="kind"):
    """Close the connection, at the `ws` door always between two messages.

    Attributes:
        code: WebSocket close code; 0 drops the TCP connection without a goodbye. At the `rest`
            door the connection is always dropped.
        reason: Text that goes with the close code.
        at: `instead` closes before the request or message is looked at, `after` once it took
            effect, so that only the answer is lost.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=ANYWHERE)

    code: Annotated[int, Meta(ge=0, le=4999)] = 0
    reason: Annotated[str, Meta(max_length=40)] = ""
    at: Literal["instead", "after"] = "instead"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the closing."""
        return (Close(code=self.code, reason=self.reason, after=self.at == "after"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.code and (self.code < 1000 or self.code in {1005, 1006, 1015}):
            return f"code {self.code} never travels in a close frame (0 drops the connection)"
        return ""
