"""Say "no data" as an error."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion


class NoDataError(Struct, frozen=True, kw_only=True, tag="no_data_error", tag_field="kind"):
    """Refuse a query with `return_code` 20 because there is nothing to show.

    Account inquiries were seen to do so instead of sending an empty list.

    Attributes:
        code: Documented code inside `return_msg`.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    code: Literal["571758", "501724"] = "571758"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the refusal; nothing where nothing is queried."""
        return (Refuse(code=self.code),) if occasion.facts.path.startswith("/api/") else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
