"""Tighten the broker's rate limit."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion


class RateLimit(Struct, frozen=True, kw_only=True, tag="rate_limit", tag_field="kind"):
    """Refuse calls over a limit with the broker's code 1700, on top of its own limits.

    Attributes:
        per_second: Calls that pass in any second; 0 = none.
        scope: What is counted together: the calls of a client to one API id (`api`), or all
            calls of a client (`client`).
        status: HTTP status of the refusal; captures show 429 and 200.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    per_second: Annotated[int, Meta(ge=0)] = 1
    scope: Literal["api", "client"] = "api"
    status: Literal[429, 200] = 429

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the refusal of a call over the limit, nothing for one within it."""
        facts = occasion.facts
        scope = f"{facts.client}|{facts.api_id}" if self.scope == "api" else facts.client
        if occasion.admit(scope, self.per_second, 1_000):
            return ()
        parameters = {"per_second": str(self.per_second)}
        return (Refuse(code="1700", parameters=parameters, status=self.status),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
