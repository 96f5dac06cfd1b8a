"""Make answers late."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Delay, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope

Milliseconds = Annotated[int, Meta(ge=0)]


class Latency(Struct, frozen=True, kw_only=True, tag="latency", tag_field="kind"):
    """Wait before an answer is sent; at the `ws` door, before a handshake or an answer.

    Attributes:
        delay_ms: Fixed wait.
        jitter_ms: Spread around `delay`: anything from `delay - jitter` to `delay + jitter`
            with equal chance, never below 0.
        range_ms: Shortest and longest wait, any between with equal chance; instead of `delay`.
        at: `before` waits before the world sees the request, `after` once it was answered.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect", "message"))

    delay_ms: Milliseconds = 0
    jitter_ms: Milliseconds = 0
    range_ms: tuple[Milliseconds, Milliseconds] | None = None
    at: Literal["before", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return one wait, or nothing where it comes out as 0."""
        low_ms, high_ms = self.range_ms or (
            max(0, self.delay_ms - self.jitter_ms),
            self.delay_ms + self.jitter_ms,
        )
        delay_ms = low_ms + occasion.draw_below(high_ms - low_ms + 1)
        return (Delay(delay_ms=delay_ms, after=self.at == "after"),) if delay_ms else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.range_ms is not None and (self.delay_ms or self.jitter_ms):
            return "takes either range, or delay and jitter"
        if self.range_ms is not None and self.range_ms[0] > self.range_ms[1]:
            return "range ends before it starts"
        if self.range_ms is None and not (self.delay_ms or self.jitter_ms):
            return "needs delay or range"
        return ""
