"""Let the clock of the service go wrong."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Backdate, Effect
from kiwoom_sim.faults.occasion import Occasion

Milliseconds = Annotated[int, Meta(ge=0)]


class ClockSkew(Struct, frozen=True, kw_only=True, tag="clock_skew", tag_field="kind"):
    """Answer queries as if the clock of the market were wrong.

    Times inside the bodies, and everything that depends on the time of day, are those of the
    wrong clock. Frames and the life of tokens go by the right one.

    Attributes:
        behind_market_ms: How far the clock is behind ("90s@market").
        ahead_market_ms: How far it is ahead; instead of `behind`.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"

    behind_market_ms: Milliseconds = 0
    ahead_market_ms: Milliseconds = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the other moment; nothing where no market is asked."""
        if not occasion.facts.path.startswith("/api/"):
            return ()
        return (Backdate(behind_ms=self.behind_market_ms - self.ahead_market_ms),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if bool(self.behind_market_ms) == bool(self.ahead_market_ms):
            return "needs either behind or ahead"
        return ""
