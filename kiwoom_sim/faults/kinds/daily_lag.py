"""Let daily data lag behind."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Backdate, Effect
from kiwoom_sim.faults.occasion import Occasion


class DailyLag(Struct, frozen=True, kw_only=True, tag="daily_lag", tag_field="kind"):
    """Answer as if the last thing known were the end of an earlier day.

    The daily chart of the mock service was seen to lag one day; use it with
    `match = { api = "ka10081" }` or `match = { group = "chart" }`.

    Attributes:
        days: How many days are missing, today included.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"

    days: Annotated[int, Meta(ge=1, le=30)] = 1

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the earlier day; nothing where no market is asked."""
        is_query = occasion.facts.path.startswith("/api/")
        return (Backdate(days=self.days),) if is_query else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
