"""End sessions in the words of the broker."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Close, Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Kick(Struct, frozen=True, kw_only=True, tag="kick", tag_field="kind"):
    """Send a SYSTEM frame that ends the session, then close, instead of a frame or an answer.

    On the path `/ws`, which has no SYSTEM frames, the connection is only closed.

    Attributes:
        code: `R10001` another login with the same app key, `R10002` no sign of life, `R10004` no
            login.
        close: Close code.
        reason: Text that goes with the close code.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("message", "frame"))

    code: Literal["R10001", "R10002", "R10004"] = "R10001"
    close: Annotated[int, Meta(ge=1000, le=4999)] = 1000
    reason: Annotated[str, Meta(max_length=40)] = "Bye"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the frame and the end."""
        return (Refuse(code=self.code), Close(code=self.close, reason=self.reason, after=True))

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        never = self.close in {1005, 1006, 1015}
        return f"close {self.close} never travels in a close frame" if never else ""
