"""Leave frames out."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Drop, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope


class Gap(Struct, frozen=True, kw_only=True, tag="gap", tag_field="kind"):
    """Leave frames out; the connection stays open and nobody is told.

    Pushes (`REAL`) unless `match.api` names other frames: `PING` keeps the server from asking
    for signs of life, `*` silences it altogether. A PING that was left out is not held against
    the client.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the omission."""
        return (Drop(),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
