"""Send values of another type than a client expects."""

import re
from typing import Any, ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.bodies import Place, edited_fields, path_mistake
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")

Form = Literal["number", "text", "list", "object", "bool"]


class MistypedField(Struct, frozen=True, kw_only=True, tag="mistyped_field", tag_field="kind"):
    """Send a field as another type of JSON value; an answer without it is left alone.

    Attributes:
        field: Name of the field, wherever it is ("cur_prc"), or a path from the top with row
            numbers from 0 and `*` for all ("stk_dt_pole_chart_qry.0.cur_prc").
        to: The type. A list becomes the `object` that is its first row, an object the `list` of
            itself, a text without a number the `number` 0. Not given: number for text, text for
            number, object for list, list for object.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    field: str
    to: Form | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with the field mistyped."""
        return edited_fields(answer, self.field, self._mistype)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return path_mistake(self.field)

    def _mistype(self, place: Place) -> bool:
        return place.put(_as(self.to or _other(place.value), place.value))


def _other(value: object) -> Form:
    """Return the type that a value is mistaken for."""
    match value:
        case str():
            return "number"
        case list():
            return "object"
        case dict():
            return "list"
        case _:
            return "text"


def _as(form: Form, value: Any) -> object:
    match form:
        case "number":
            return _number(value)
        case "text":
            return value if isinstance(value, str) else "" if value is None else str(value)
        case "list":
            return value if isinstance(value, list) else [value]
        case "object":
            if isinstance(value, list):
                value = value[0] if value else {}
            return value if isinstance(value, dict) else {"value": value}
        case "bool":
            return bool(value)


def _number(value: Any) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        return 0
    return float(text) if "." in text else int(text)
