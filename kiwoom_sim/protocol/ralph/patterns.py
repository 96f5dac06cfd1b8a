"""Find the price pattern that the newest day bars look most like, and how much.

Three patterns are measured, each as a quality from 0 (nothing of it) to 1 (textbook); the symbol's
pattern is the one of the greatest quality, and the earlier in the list of equals:

- `VCP` (volatility contraction): of three legs of 15 bars, each has a narrower range than the
  one before it, and volume dries up. Quality: the mean of the three shrinkages, where half of
  what it was counts as 1.
- `Tight`: the newest five closes lie close together. Quality: 1 when they are equal, 0 when they
  span one and a half average true ranges or more.
- `Cup`: over 60 bars the price fell from a rim to a low in the middle and came back. Quality: how
  much of the fall is recovered, times how central the low is, times the depth (at least 12 % of
  the rim counts as 1).

A symbol with too few bars for a pattern has quality 0 in it, and one that did not trade in the
newest five bars (a halt) has quality 0 in all: what stands still for want of trading is not tight.

Source:
    M. Minervini, Trade Like a Stock Market Wizard (2013): volatility contraction, tight closes.
    W. J. O'Neil, How to Make Money in Stocks (1988): the cup and its depth of 12 to 33 %.
    The measures are this simulator's own reading of them.
"""

from typing import Literal

from msgspec import Struct

from kiwoom_sim.protocol.ralph.indicators import DayBars, Series, average_true_range, mean

PatternKind = Literal["VCP", "Tight", "Cup"]

VCP_LEG, TIGHT_BARS, CUP_BARS = 15, 5, 60

_SHRUNK_BY = 0.5
_TIGHT_RANGES = 1.5
_CUP_DEPTH = 0.12


class Pattern(Struct, frozen=True, kw_only=True):
    """Hold a pattern that was found.

    Attributes:
        quality: 0 to 1.
        resistance: Highest high of the pattern's newest stretch (VCP: its last leg, Tight: its
            five bars, Cup: all of it); 0 without bars.
    """

    kind: PatternKind
    quality: float
    resistance: int


def _within_one(value: float) -> float:
    return min(1.0, max(0.0, value))


def _shrinkage(before: float, after: float) -> float:
    """Return by how much something shrank: 1 for half or less of it, 0 for no less."""
    return _within_one((1 - after / before) / _SHRUNK_BY) if before > 0 else 0.0


def contraction_quality(bars: DayBars) -> float:
    """Return how much ranges and volume contract over three legs, 0 to 1."""
    if len(bars) < 3 * VCP_LEG:
        return 0.0
    starts = [len(bars) - legs * VCP_LEG for legs in (3, 2, 1)]
    legs = [slice(start, start + VCP_LEG) for start in starts]
    first, second, last = (1 - min(bars.low[leg]) / max(bars.high[leg]) for leg in legs)
    quieter = _shrinkage(mean(bars.volume[legs[0]]), mean(bars.volume[legs[-1]]))
    return mean([_shrinkage(first, second), _shrinkage(second, last), quieter])


def tightness_quality(bars: DayBars) -> float:
    """Return how close together the newest closes lie, 0 to 1; 0 for a price that stands still."""
    usual = average_true_range(bars)
    if len(bars) < TIGHT_BARS or usual <= 0:
        return 0.0
    closes = bars.close[-TIGHT_BARS:]
    return _within_one(1 - (max(closes) - min(closes)) / (_TIGHT_RANGES * usual))


def cup_quality(bars: DayBars) -> float:
    """Return how much the newest bars look like a cup, 0 to 1."""
    if len(bars) < CUP_BARS:
        return 0.0
    closes: Series = bars.close[-CUP_BARS:]
    rim = max(closes[: CUP_BARS // 3])
    low = min(closes)
    if rim <= low:
        return 0.0
    recovered = _within_one((closes[-1] - low) / (rim - low))
    central = 1 - abs(2 * closes.index(low) / (CUP_BARS - 1) - 1)
    return recovered * central * _within_one((1 - low / rim) / _CUP_DEPTH)


def find_pattern(bars: DayBars) -> Pattern:
    """Return the pattern that the bars look most like."""
    if not any(bars.volume[-TIGHT_BARS:]):
        return Pattern(kind="VCP", quality=0.0, resistance=max(bars.high[-VCP_LEG:], default=0))
    found: tuple[tuple[PatternKind, float, int], ...] = (
        ("VCP", contraction_quality(bars), VCP_LEG),
        ("Tight", tightness_quality(bars), TIGHT_BARS),
        ("Cup", cup_quality(bars), CUP_BARS),
    )
    kind, quality, stretch = max(found, key=lambda each: each[1])
    return Pattern(kind=kind, quality=quality, resistance=max(bars.high[-stretch:]))
