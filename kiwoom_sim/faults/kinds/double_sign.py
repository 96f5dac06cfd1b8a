"""Send numbers with the odd signs of the real service."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.bodies import Place, edited_fields, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class DoubleSign(Struct, frozen=True, kw_only=True, tag="double_sign", tag_field="kind"):
    """Send the number of a field with two signs, or as minus nothing.

    Where a direction sign is put before a negative value, the real service sends both; an empty
    price comes as "-0". An answer without the field is left alone, and so are values that are
    no texts with a number.

    Attributes:
        field: Name of the field, wherever it is ("cur_prc"), or a path from the top with row
            numbers from 0 and `*` for all ("stk_dt_pole_chart_qry.0.cur_prc").
        form: `--` and `+-` are signs put before the digits, `-0` is the whole value.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str
    form: Literal["--", "+-", "-0"] = "--"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with the odd sign."""
        return edited_fields(answer, self.field, self._sign)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field)

    def _sign(self, place: Place) -> bool:
        digits = place.value.lstrip("+-") if isinstance(place.value, str) else ""
        if not digits.replace(".", "", 1).isdecimal():
            return False
        return place.put(self.form if self.form == "-0" else self.form + digits)
