"""Draw the inside of an index bar: day extremes, and one level per second.

Used where members are known only at the ends of a bar: for sessions before the run, and on its
first day for the minutes before it. All levels are integers of 1/100 point.

Invariants: a path starts at its open, ends at its close, reaches its high and low and leaves them
nowhere; volumes and turnovers are whole and sum to the bar's.
"""

import numpy as np
from numpy.typing import NDArray

from kiwoom_sim.core.rng import normal_quantile
from kiwoom_sim.market.apportion import by_weight
from kiwoom_sim.market.records import Ints

Floats = NDArray[np.float64]

_RANGE_PER_DEVIATION = 1.6
"""Mean range of a Brownian motion over one unit of time, in standard deviations."""

_DAY_DIVERSITY = 0.45
"""Deviation of an index over a day relative to that of its members taken together."""

_SLOT_DIVERSITY = 0.22
"""The same over a minute, where members move more on their own."""


def day_extremes(
    ends: tuple[Ints, Ints], bounds: tuple[Ints, Ints], uniforms: Floats
) -> tuple[Ints, Ints]:
    """Return (high, low) of days between their opens and closes.

    Args:
        ends: (open, close).
        bounds: (low, high) that the index cannot leave: levels of all members' lows and highs.
        uniforms: Two per day, shape (..., 2).
    """
    start, end = np.log(ends[0]), np.log(ends[1])
    deviation = _DAY_DIVERSITY * np.log(bounds[1] / bounds[0]) / _RANGE_PER_DEVIATION
    square = (end - start) ** 2
    reach = [np.sqrt(square - 2 * deviation**2 * np.log(uniforms[..., side])) for side in (0, 1)]
    high = _rounded((start + end + reach[0]) / 2)
    low = _rounded((start + end - reach[1]) / 2)
    top, bottom = np.maximum(*ends), np.minimum(*ends)
    high = np.clip(high, top, np.maximum(top, bounds[1]))
    low = np.clip(low, np.minimum(bottom, bounds[0]), bottom)
    return high, low


def path_through(bar: tuple[int, int, int, int], deviations: Floats, normals: Floats) -> Ints:
    """Return a path of levels with a given open, high, low and close.

    Args:
        bar: (open, high, low, close).
        deviations: Relative size of each step, at least four.
        normals: One standard normal per step.
    """
    opened, high, low, close = bar
    start, end = np.log(opened), np.log(close)
    steps = deviations * normals
    steps[0] = 0.0
    clock = np.cumsum(deviations**2) - deviations[0] ** 2
    clock /= clock[-1]
    walk = np.cumsum(steps)
    walk -= clock * walk[-1]
    size = max(float(np.log(high / low)), 1e-9)
    spread = max(float(walk.max() - walk.min()), 1e-12)
    path = start + clock * (end - start) + walk * (size / spread)
    path = _stretched(path, max(start, end), float(np.log(high)))
    path = -_stretched(-path, -min(start, end), -float(np.log(low)))
    levels = np.clip(_rounded(path), low, high)
    levels[0], levels[-1] = opened, close
    inside = levels[1:-1]
    if high > max(opened, close):
        inside[np.argmax(path[1:-1])] = high
    if low < min(opened, close):
        inside[np.argmin(path[1:-1])] = low
    return levels


def _stretched(path: Floats, edge: float, limit: float) -> Floats:
    """Scale what lies above an edge so that the highest point is the limit."""
    beyond = path - edge
    reached = float(beyond.max())
    if reached <= 1e-12:
        return path
    return np.where(beyond > 0, edge + beyond * ((limit - edge) / reached), path)


def slot_paths(ends: tuple[Ints, Ints], bounds: tuple[Ints, Ints], normals: Floats) -> Ints:
    """Return one level per second between the closes of consecutive minutes.

    Args:
        ends: (close of the minute before, close), shape (n,).
        bounds: (low, high) that the index cannot leave.
        normals: One standard normal per second, shape (n, seconds).

    Returns:
        Levels of shape (n, seconds); the last column is the close.
    """
    count = normals.shape[1]
    start, end = np.log(ends[0])[:, None], np.log(ends[1])[:, None]
    clock = np.arange(1, count + 1) / count
    walk = np.cumsum(normals, axis=1) / np.sqrt(count)
    walk = walk - clock * walk[:, -1:]
    low, high = np.minimum(np.minimum(*ends), bounds[0]), np.maximum(np.maximum(*ends), bounds[1])
    deviation = _SLOT_DIVERSITY * np.log(high / low)[:, None] / _RANGE_PER_DEVIATION
    levels = _rounded(start + clock * (end - start) + deviation * walk)
    levels = np.clip(levels, low[:, None], high[:, None])
    levels[:, -1] = ends[1]
    return levels


def spread_volume(
    shares: Floats, uniforms: Floats, levels: Ints, volume: Ints, turnover: Ints
) -> tuple[Ints, Ints]:
    """Split bars' volumes and turnovers over their seconds.

    Args:
        shares: Usual relative volume of each second, shape (seconds,) or (n, seconds).
        uniforms: One per second, shape (n, seconds).
        levels: Level of each second, shape (n, seconds).
        volume: Per bar, shape (n,).
        turnover: Per bar, shape (n,).
    """
    weights = shares * np.exp(0.5 * normal_quantile(uniforms))
    volumes = by_weight(weights, volume)
    worth = np.asarray(volumes * levels, dtype=np.float64)
    return volumes, by_weight(worth, turnover)


def _rounded(logs: Floats) -> Ints:
    levels: Ints = np.rint(np.exp(np.round(logs, 9))).astype(np.int64)
    return levels
