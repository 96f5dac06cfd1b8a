"""Refuse LOGIN."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Close, Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class LoginRefused(Struct, frozen=True, kw_only=True, tag="login_refused", tag_field="kind"):
    """Refuse a LOGIN with code 805004 although its token is good, and close (1000).

    A client counts as the app key of its token (`per = "client"`), from one attempt to the next.

    Attributes:
        cause: Documented code inside the message: `8005` bad token, `8010` used from another
            address than the one it was issued to.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("message",), only=("LOGIN",))

    cause: Literal["8005", "8010"] = "8005"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the refusal and the end."""
        refusal = Refuse(code="805004", parameters={"cause": self.cause})
        return (refusal, Close(code=1000, reason="Bye", after=True))

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
