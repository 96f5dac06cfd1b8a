"""Send empty texts where numbers belong."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.bodies import Place, edited, lists, places
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class BlankColumns(Struct, frozen=True, kw_only=True, tag="blank_columns", tag_field="kind"):
    """Send empty texts in some columns of every row, as seen in filled rows of many APIs.

    An answer without those columns is left alone.

    Attributes:
        columns: Names of the columns; none = one column, drawn for each answer.
        every: Only every `every`-th row.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    columns: tuple[Annotated[str, Meta(min_length=1)], ...] = ()
    every: Annotated[int, Meta(ge=1)] = 1

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer with the columns blank."""

        def blank(document: object) -> bool:
            names = self.columns or _drawn(document, occasion)
            found = [place for each in lists(document) for place in self._places(each, names)]
            return sum(place.put("") for place in found) > 0

        return edited(answer, blank)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

    def _places(self, rows: Place, names: tuple[str, ...]) -> list[Place]:
        chosen = rows.value[self.every - 1 :: self.every]
        return [place for name in names for place in places(chosen, name)]


def _drawn(document: object, occasion: Occasion) -> tuple[str, ...]:
    """Return the name of one column of the first list that has any."""
    rows = (place.value[0] for place in lists(document) if place.value)
    names = next((list(row) for row in rows if isinstance(row, dict) and row), [])
    return (names[occasion.draw_below(len(names))],) if names else ()
