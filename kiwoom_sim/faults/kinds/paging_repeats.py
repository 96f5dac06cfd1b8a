"""Send the first page again."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Amend, Effect
from kiwoom_sim.faults.occasion import Occasion


class PagingRepeats(Struct, frozen=True, kw_only=True, tag="paging_repeats", tag_field="kind"):
    """Answer a request for the next page with the first page, its `next-key` included.

    A client that goes on for as long as `cont-yn` is Y asks for ever. Requests for a first page
    are left alone; limit it with `when` (`max = 1` gives duplicate rows and then the rest).
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the request for the first page in place of one for the next."""
        if occasion.facts.headers.get("cont-yn", "").strip().upper() != "Y":
            return ()
        return (Amend((("cont-yn", "N"), ("next-key", ""))),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
