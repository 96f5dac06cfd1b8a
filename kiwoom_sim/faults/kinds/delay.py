"""Make frames late."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Delay as Wait
from kiwoom_sim.faults.effects import Effect, Hold
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope

Milliseconds = Annotated[int, Meta(ge=0)]


class Delay(Struct, frozen=True, kw_only=True, tag="delay", tag_field="kind"):
    """Send frames late; pushes (`REAL`) unless `match.api` names other frames.

    Attributes:
        delay_ms: Fixed wait.
        jitter_ms: Spread around `delay`: anything from `delay - jitter` to `delay + jitter`
            with equal chance, never below 0.
        keep_order: True: whatever follows on the connection waits as well. False: later frames
            may overtake a late one.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    delay_ms: Milliseconds = 0
    jitter_ms: Milliseconds = 0
    keep_order: bool = True

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return one wait, or nothing where it comes out as 0."""
        low_ms = max(0, self.delay_ms - self.jitter_ms)
        high_ms = self.delay_ms + self.jitter_ms
        delay_ms = low_ms + occasion.draw_below(high_ms - low_ms + 1)
        if not delay_ms:
            return ()
        return (Wait(delay_ms=delay_ms) if self.keep_order else Hold(delay_ms=delay_ms),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return "" if self.delay_ms or self.jitter_ms else "needs delay or jitter"
