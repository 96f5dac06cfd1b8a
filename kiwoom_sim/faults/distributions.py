"""Say how waits are spread: the keys that the `latency` fault and the `[latency]` table share.

Not for: the arithmetic (`waits.py`) or the draws, which whoever asks brings along.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.waits import DRAWS, lognormal_ms, normal_ms

Milliseconds = Annotated[int, Meta(ge=0)]
Dist = Literal["fixed", "uniform", "normal", "lognormal", "empirical"]
Draw = Callable[[int], int]
"""Return a random integer from 0 up to, not including, a bound."""

_KEYS: dict[str, tuple[str, ...]] = {
    "fixed": ("delay",),
    "uniform": ("range", "delay", "jitter"),
    "normal": ("p50", "p99"),
    "lognormal": ("p50", "p99"),
    "empirical": ("samples",),
}
"""Keys that go with a distribution."""


class Distribution(Struct, frozen=True, kw_only=True):
    """Give the waits of many answers: all alike, or spread.

    Attributes:
        delay_ms: Fixed wait.
        jitter_ms: Spread around `delay`: anything from `delay - jitter` to `delay + jitter`
            with equal chance, never below 0.
        range_ms: Shortest and longest wait, any between with equal chance; instead of `delay`.
        dist: How waits are spread: `fixed` (`delay`), `uniform` (`delay` and `jitter`, or
            `range`), `normal` or `lognormal` (`p50` and `p99`), `empirical` (`samples`); what is
            given says it, except for `normal` and `lognormal`.
        p50_ms: Median wait.
        p99_ms: Wait that one answer in a hundred exceeds.
        samples_ms: Observed waits, each taken with equal chance; write one twice to take it
            twice as often.
    """

    delay_ms: Milliseconds = 0
    jitter_ms: Milliseconds = 0
    range_ms: tuple[Milliseconds, Milliseconds] | None = None
    dist: Dist | None = None
    p50_ms: Milliseconds | None = None
    p99_ms: Milliseconds | None = None
    samples_ms: tuple[Milliseconds, ...] = ()

    def draw_ms(self, draw: Draw) -> int:
        """Return one wait; takes one draw."""
        if self.p50_ms is not None and self.p99_ms is not None:
            spread = normal_ms if self.dist == "normal" else lognormal_ms
            return spread(draw(DRAWS), self.p50_ms, self.p99_ms)
        if self.samples_ms:
            return self.samples_ms[draw(len(self.samples_ms))]
        low_ms, high_ms = self.range_ms or (
            max(0, self.delay_ms - self.jitter_ms),
            self.delay_ms + self.jitter_ms,
        )
        return low_ms + draw(high_ms - low_ms + 1)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        given = {
            "delay": bool(self.delay_ms),
            "jitter": bool(self.jitter_ms),
            "range": self.range_ms is not None,
            "p50": self.p50_ms is not None,
            "p99": self.p99_ms is not None,
            "samples": bool(self.samples_ms),
        }
        if self.dist is not None:
            takes = _KEYS[self.dist]
            stray = [key for key, is_given in given.items() if is_given and key not in takes]
            if stray:
                return f"{self.dist} takes {' and '.join(takes)}, not {stray[0]}"
        elif given["p50"] or given["p99"]:
            return 'p50 and p99 need dist = "normal" or "lognormal"'
        elif given["samples"] and sum(given.values()) > 1:
            return "takes either samples, or a delay or range"
        return self._misfit()

    def _misfit(self) -> str:
        """Return what is wrong with the values that are given, or ""."""
        if self.dist in {"normal", "lognormal"}:
            fits = 0 < (self.p50_ms or 0) < (self.p99_ms or 0)
            return "" if fits else "needs p50 above 0 and p99 above p50"
        if self.range_ms is not None and (self.delay_ms or self.jitter_ms):
            return "takes either range, or delay and jitter"
        if self.range_ms is not None and self.range_ms[0] > self.range_ms[1]:
            return "range ends before it starts"
        if self.dist == "empirical" and not self.samples_ms:
            return "needs samples"
        is_given = self.delay_ms or self.jitter_ms or self.samples_ms or self.range_ms is not None
        return "" if is_given else "needs delay or range"
