"""Send rows twice."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.bodies import Place, edited_lists, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class DuplicateRows(Struct, frozen=True, kw_only=True, tag="duplicate_rows", tag_field="kind"):
    """Send some neighbouring rows twice, at a drawn place; an answer without rows is left alone.

    Attributes:
        rows: How many rows, as far as there are so many.
        field: Name or path of the list; "" = every list at the top of the answer.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    rows: Annotated[int, Meta(ge=1)] = 1
    field: str = ""

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer with rows repeated."""
        return edited_lists(answer, self.field, lambda place: self._repeat(place, occasion))

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field) if self.field else ""

    def _repeat(self, place: Place, occasion: Occasion) -> bool:
        rows = place.value
        count = min(self.rows, len(rows))
        first = occasion.draw_below(len(rows) - count + 1)
        return place.put([*rows[: first + count], *rows[first:]])
