"""Take the rows out of answers."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.bodies import edited_lists, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class EmptyList(Struct, frozen=True, kw_only=True, tag="empty_list", tag_field="kind"):
    """Send an answer without rows; one that has no rows anyway is left alone.

    Attributes:
        field: Name or path of the list; "" = every list at the top of the answer.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str = ""

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with its lists empty."""
        return edited_lists(answer, self.field, lambda place: place.put([]))

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field) if self.field else ""
