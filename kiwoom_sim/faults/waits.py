"""Turn a draw into a wait of some distribution, in whole milliseconds.

The inverse of the distribution function is taken in decimal arithmetic, so a draw gives the same
wait on every machine.
"""

from decimal import Decimal, localcontext

from kiwoom_sim.core.quantile import ARITHMETIC, normal_quantile

DRAWS = 1 << 32
"""Draws are integers from 0 up to, not including, this."""

_Z99 = normal_quantile(Decimal("0.99"))


def normal_ms(draw: int, p50_ms: int, p99_ms: int) -> int:
    """Return a normally distributed wait, never below 0.

    Args:
        draw: Uniform integer in [0, DRAWS).
        p50_ms: Median, in ms.
        p99_ms: Wait that one in a hundred exceeds, above the median.
    """
    with localcontext(ARITHMETIC):
        return max(0, _whole(p50_ms + (p99_ms - p50_ms) * _score(draw)))


def lognormal_ms(draw: int, p50_ms: int, p99_ms: int) -> int:
    """Return a lognormally distributed wait: mostly near the median, with a long tail.

    Args:
        draw: Uniform integer in [0, DRAWS).
        p50_ms: Median, in ms, above 0.
        p99_ms: Wait that one in a hundred exceeds, above the median.
    """
    with localcontext(ARITHMETIC):
        spread = (Decimal(p99_ms) / p50_ms).ln()
        return _whole(p50_ms * (spread * _score(draw)).exp())


def _score(draw: int) -> Decimal:
    """Return where a draw lies between median (0) and 99th percentile (1), or beyond."""
    return normal_quantile((draw + Decimal("0.5")) / DRAWS) / _Z99


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value())
