"""Give the coefficients of the normal quantile, and the quantile in exact decimal arithmetic.

`core/rng.py` uses the coefficients on arrays of doubles, whose last digit a library may choose.
Where single integers have to be the same on every machine, use `normal_quantile` here: decimals
are computed in software, so no machine and no C library has a say in them.

Source:
    P. J. Acklam's rational approximation of the normal quantile (relative error below 1.2e-9).
"""

from collections.abc import Iterable
from decimal import Context, Decimal, localcontext
from functools import reduce

A = (-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2,
     1.383577518672690e2, -3.066479806614716e1, 2.506628277459239e0)  # fmt: skip
B = (-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2,
     6.680131188771972e1, -1.328068155288572e1)  # fmt: skip
C = (-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838e0,
     -2.549732539343734e0, 4.374664141464968e0, 2.938163982698783e0)  # fmt: skip
D = (7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996e0, 3.754408661907416e0)
TAIL = 0.02425
"""Probability below which the tail's formula holds."""

ARITHMETIC = Context(prec=24)
"""What every decimal here and in `faults/waits.py` is computed with."""


def normal_quantile(probability: Decimal) -> Decimal:
    """Return the inverse of the normal distribution function.

    Args:
        probability: Strictly between 0 and 1.
    """
    with localcontext(ARITHMETIC):
        near = min(probability, 1 - probability)
        if near < Decimal(TAIL):
            t = (-2 * near.ln()).sqrt()
            z = _polynomial(C, t) / _polynomial((*D, 1.0), t)
            return z if probability < Decimal("0.5") else -z
        q = probability - Decimal("0.5")
        r = q * q
        return _polynomial(A, r) * q / _polynomial((*B, 1.0), r)


def _polynomial(coefficients: Iterable[float], value: Decimal) -> Decimal:
    """Return a polynomial of a value, highest power first."""
    return reduce(lambda total, each: total * value + Decimal(each), coefficients, Decimal(0))
