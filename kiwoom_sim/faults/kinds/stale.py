"""Answer what was true a while ago."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Backdate, Effect
from kiwoom_sim.faults.occasion import Occasion


class Stale(Struct, frozen=True, kw_only=True, tag="stale", tag_field="kind"):
    """Answer a query as an earlier moment would have answered it, as a cache that hangs does.

    Attributes:
        age_ms: How old the answer is; nothing is older than the run.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"

    age_ms: Annotated[int, Meta(ge=1)] = 30_000

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the earlier moment; nothing where no market is asked."""
        is_query = occasion.facts.path.startswith("/api/")
        return (Backdate(age_ms=self.age_ms),) if is_query else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
