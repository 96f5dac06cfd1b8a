"""Let the clock of the service go wrong."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Backdate, Effect, Replace
from kiwoom_sim.faults.frame_times import shifted
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope

Milliseconds = Annotated[int, Meta(ge=0)]


class ClockSkew(Struct, frozen=True, kw_only=True, tag="clock_skew", tag_field="kind"):
    """Answer queries, or date frames, as if the clock of the service were wrong.

    At the `rest` door, times inside the bodies, and everything that depends on the time of day,
    are those of the wrong clock. At the `ws` door it is the times in frames alone (`20` and `21`
    of a push, on `/ws` the `timestamp`); they come when they always do and tell true values.
    The life of tokens goes by the right clock, and there is no `Date` header that could be wrong.

    Attributes:
        behind_market_ms: How far the clock is behind ("90s@market").
        ahead_market_ms: How far it is ahead; instead of `behind`.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "frame"))
    position: ClassVar[str] = "before"

    behind_market_ms: Milliseconds = 0
    ahead_market_ms: Milliseconds = 0

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the other moment, or the push that has it; nothing where no market is asked."""
        behind_ms = self.behind_market_ms - self.ahead_market_ms
        facts = occasion.facts
        if facts.door == "ws":
            frame = shifted(facts.text, -behind_ms)
            return () if frame == facts.text else (Replace(frame),)
        if not facts.path.startswith("/api/"):
            return ()
        return (Backdate(behind_ms=behind_ms),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if bool(self.behind_market_ms) == bool(self.ahead_market_ms):
            return "needs either behind or ahead"
        return ""
