"""Make answers late."""

from typing import ClassVar, Literal

from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.effects import Delay, Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Latency(Distribution, frozen=True, kw_only=True, tag="latency", tag_field="kind"):
    """Wait before an answer is sent; at the `ws` door, before a handshake or an answer.

    Attributes:
        at: `before` waits before the world sees the request, `after` once it was answered.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect", "tls", "message"))

    at: Literal["before", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return one wait, or nothing where it comes out as 0."""
        delay_ms = self.draw_ms(occasion.draw_below)
        return (Delay(delay_ms=delay_ms, after=self.at == "after"),) if delay_ms else ()
