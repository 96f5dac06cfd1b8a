"""Put null where a value belongs."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.bodies import edited_fields, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class NullField(Struct, frozen=True, kw_only=True, tag="null_field", tag_field="kind"):
    """Send null as the value of a field; an answer without that field is left alone.

    Attributes:
        field: Name of the field, wherever it is ("cur_prc"), or a path from the top with row
            numbers from 0 and `*` for all ("stk_dt_pole_chart_qry.0.cur_prc").
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with null in the field."""
        return edited_fields(answer, self.field, lambda place: place.put(None))

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field)
