"""End paging too early."""

from typing import ClassVar

from msgspec import Struct, structs

from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class PagingCut(Struct, frozen=True, kw_only=True, tag="paging_cut", tag_field="kind"):
    """Send `cont-yn: N` and no `next-key` although there is another page.

    It looks like a short history, as to clients that look for `cont-yn` in the body. The last
    page is left alone.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the change of the headers."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer as if it were the last page."""
        changed = {"cont-yn": "N", "next-key": ""}
        headers = tuple((name, changed.get(name, value)) for name, value in answer.headers)
        return structs.replace(answer, headers=headers)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
