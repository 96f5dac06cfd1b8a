"""Compute the real-valued building blocks of daily prices: memory, bridges, option values.

Everything here is a pure function of arrays. Values that become prices are quantised to 1e-9 in
the logarithm first, so that a last-bit difference of exp or log between processors cannot move a
price by a step.

Not for: drawing noise (`noise`) or price steps and limits (`ticks`, `price_walk`).

Source:
    Stochastic volatility with finite memory: a sum of exponential kernels over keyed noise in
    place of a recursion. Extremes of a Brownian bridge: the exact law of its maximum. Options:
    Black and Scholes (1973) without interest.
"""

from math import erf, sqrt

import numpy as np

from kiwoom_sim.market.daily.noise import Floats
from kiwoom_sim.market.records import Ints

MEMORY = 256
"""Sessions of earlier noise that a volatility or volume depends on, at least."""

Kernel = tuple[tuple[float, float], ...]
"""Terms (a, p): weight a and persistence p per session of one exponential."""

_LATTICE = 1e9
_STRETCH = 512  # columns summed at once: the growing weights must not overflow


def quantise(logs: Floats) -> Floats:
    """Round log prices to multiples of 1e-9."""
    rounded: Floats = np.rint(logs * _LATTICE) / _LATTICE
    return rounded


def whole_won(logs: Floats) -> Ints:
    """Return the nearest whole won, at least 1, of log prices."""
    return np.maximum(np.rint(np.exp(quantise(logs))), 1.0).astype(np.int64)


def kernel_variance(kernel: Kernel) -> float:
    """Return the variance of `remembered` applied to standard normal noise."""
    return sum(
        a * b * sqrt((1 - p * p) * (1 - q * q)) / (1 - p * q) for a, p in kernel for b, q in kernel
    )


def remembered(noise: Floats, kernel: Kernel) -> Floats:
    """Return the kernel-weighted sum of all noise up to and including each column.

    A running sum per row in one fixed order, so a row's values do not depend on other rows, and
    a column's do not depend on later columns.
    """
    total = np.zeros_like(noise)
    for weight, persistence in kernel:
        scale = weight * sqrt(1 - persistence * persistence)
        carried: Floats | None = None
        for begin in range(0, noise.shape[1], _STRETCH):
            part = noise[:, begin : begin + _STRETCH]
            growth = np.power(persistence, -np.arange(part.shape[1], dtype=np.float64))
            sums = np.cumsum(part * growth, axis=1) / growth
            if carried is not None:
                sums += carried * persistence / growth
            carried = sums[:, -1:].copy()
            total[:, begin : begin + _STRETCH] += scale * sums
    return total


def volatility(log_variance: Floats, variance: Floats | float) -> Floats:
    """Return volatility factors exp(h / 2) scaled so that their mean square is 1.

    Args:
        log_variance: Zero-mean normal h.
        variance: Variance of h.
    """
    factors: Floats = np.exp(log_variance / 2 - variance / 4)
    return factors


def bridge_extremes(
    start: Floats, end: Floats, variance: Floats, uniforms: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return (highest, lowest) values of Brownian bridges from `start` to `end`."""
    middle, square = (start + end) / 2, (end - start) ** 2
    high = middle + np.sqrt(square - 2 * variance * np.log(uniforms[0])) / 2
    low = middle - np.sqrt(square - 2 * variance * np.log(uniforms[1])) / 2
    return high, low


_normal_share = np.frompyfunc(lambda x: (1 + erf(x / sqrt(2.0))) / 2, 1, 1)


def option_value(
    spot: Floats, strike: Floats, years: Floats, deviation: Floats, sign: Floats
) -> Floats:
    """Return Black-Scholes values without interest.

    Args:
        spot: Price of the underlying.
        strike: Exercise price.
        years: Time to expiry; at or below 0 gives the intrinsic value.
        deviation: Implied volatility (내재변동성) per year.
        sign: 1 for a call, -1 for a put.
    """
    spread = np.maximum(deviation * np.sqrt(np.maximum(years, 0.0)), 1e-6)
    first = np.log(spot / strike) / spread + spread / 2
    near = np.asarray(_normal_share(sign * first), dtype=np.float64)
    far = np.asarray(_normal_share(sign * (first - spread)), dtype=np.float64)
    return np.maximum(sign * (spot * near - strike * far), 0.0)
