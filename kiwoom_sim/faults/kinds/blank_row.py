"""Send one blank row where no rows are meant."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.bodies import Place, edited_lists, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class BlankRow(Struct, frozen=True, kw_only=True, tag="blank_row", tag_field="kind"):
    """Send a list with a single row of empty texts, as seen for days and stocks without trades.

    An answer without rows is left alone.

    Attributes:
        field: Name or path of the list; "" = every list at the top of the answer.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str = ""

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with one blank row in each list."""
        return edited_lists(answer, self.field, _blank)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field) if self.field else ""


def _blank(place: Place) -> bool:
    row = place.value[0] if place.value else None
    return isinstance(row, dict) and place.put([dict.fromkeys(row, "")])
