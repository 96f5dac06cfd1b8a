"""Refuse registrations."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class RegisterRefused(Struct, frozen=True, kw_only=True, tag="register_refused", tag_field="kind"):
    """Refuse a REG with a documented code; nothing of it is registered.

    Attributes:
        code: 105110 too many REG messages in a second, 105111 wrong shape, 105115 and 105118 more
            items than a connection may register.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("message",), only=("REG",))

    code: Literal[105110, 105111, 105115, 105118] = 105110

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the refusal."""
        return (Refuse(code=str(self.code)),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
