"""Send the largest number that some integer type can hold."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.bodies import Place, edited_fields, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class Saturated(Struct, frozen=True, kw_only=True, tag="saturated", tag_field="kind"):
    """Send a saturated integer as the value of a field, as seen on the real service.

    It is a text where the field is a text. An answer without the field is left alone.

    Attributes:
        field: Name of the field, wherever it is ("trde_qty"), or a path from the top with row
            numbers from 0 and `*` for all ("stk_dt_pole_chart_qry.0.trde_qty").
        value: The number.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str
    value: Literal["4294967295", "2147483647", "-2147483"] = "2147483647"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with the field saturated."""
        return edited_fields(answer, self.field, self._put)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field)

    def _put(self, place: Place) -> bool:
        is_number = isinstance(place.value, int | float)
        return place.put(int(self.value) if is_number else self.value)
