"""Leave messages of the client without an answer."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Drop, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Ignored(Struct, frozen=True, kw_only=True, tag="ignored", tag_field="kind"):
    """Leave a message of the client without an answer.

    With `match.api = "LOGIN"` a login stays silent, until the server ends a connection that, for
    it, never logged in (R10004); with `"PING"` the client's signs of life are not heard, and it
    is thrown out (R10002) although it answered every PING.

    Attributes:
        at: `instead`: the message has no effect either. `after`: it takes effect, only its
            answer is lost.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("message",))

    at: Literal["instead", "after"] = "instead"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the loss."""
        return (Drop(after=self.at == "after"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
