"""Refuse app keys as those of the other environment."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.occasion import Occasion


class WrongEnvironment(
    Struct, frozen=True, kw_only=True, tag="wrong_environment", tag_field="kind"
):  # fmt: skip
    """Take the caller's app key for one of the other environment (실전, 모의투자), from now on.

    Token calls with it get HTTP 200, `return_code` 2 and 8030, calls with its tokens 8031, a
    WebSocket LOGIN 805004 that names 8031. Nothing the client does with this key helps. Calls of
    unknown app keys are left alone.

    Attributes:
        for_ms: How long; none = to the end of the run.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"
    reaches_sockets: ClassVar[bool] = True

    for_ms: Annotated[int, Meta(ge=1)] | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the change of environment, nothing for an unknown app key."""
        spoiled = Spoil("environment", for_ms=self.for_ms or 0)
        return (spoiled,) if occasion.facts.has_key else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
