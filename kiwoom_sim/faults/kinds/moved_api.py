"""Serve an API on another path than the documented one."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Amend, Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion


class MovedApi(Struct, frozen=True, kw_only=True, tag="moved_api", tag_field="kind"):
    """Refuse an API on its documented path (1504), and serve it on another one.

    Name the API in `match = { api = "ka10081" }`. A client that has an old path gets HTTP 200 with
    `return_code` 1, which a fallback may swallow for months.

    Attributes:
        to: Path that serves the API now, of those that the broker has.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    to: Annotated[str, Meta(pattern="^/api/(dostk|us)/[a-z0-9]+$")]

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the way to the API on its new path, the refusal on any other one."""
        if occasion.facts.path == self.to:
            return (Amend(documented_path=True),)
        return (Refuse("1504"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
