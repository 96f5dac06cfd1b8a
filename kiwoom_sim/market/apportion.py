"""Divide integer totals so that nothing is lost: by weights, and by how much is done so far.

Invariants:
    Parts are whole, never negative and sum to their total. The parts of a running total never
    fall while it grows and end exactly at the parts of the whole.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kiwoom_sim.market.records import Ints

Ends = TypeVar("Ends", int, Ints)

_HALF_SAFE = 2**31


def by_weight(weights: NDArray[np.float64], totals: Ints) -> Ints:
    """Split each total over the weights of its row, by rounding cumulative shares.

    Args:
        weights: Shape (n, k), 0 or above; a part of weight 0 gets nothing. A row without any
            weight gives its total to the first part.
        totals: Shape (n,), 0 or above and below 2**52.

    Returns:
        Integers of shape (n, k); row i sums to `totals[i]`.
    """
    running = np.cumsum(weights, axis=1)
    whole = running[:, -1:]
    share = np.divide(running, whole, out=np.ones_like(running), where=whole > 0)
    ends = np.floor(share * totals[:, None] + 0.5).astype(np.int64)
    np.minimum(ends, totals[:, None], out=ends)
    ends[:, -1] = totals
    parts: Ints = np.diff(ends, axis=1, prepend=0)
    return parts


def part_so_far(parts: Ints, done: int) -> Ints:
    """Return the parts of a total of which only `done` is through.

    The total is halved again and again, each half divided like the whole, until the halves that
    are through make up `done`. So units have fixed owners and the result is nested in `done`.

    Args:
        parts: Final parts, shape (k,).
        done: Units of the total that are through; more than the total counts as the total.
    """
    ends = np.cumsum(parts)
    total = int(ends[-1])
    if total >= _HALF_SAFE:
        ends = ends.astype(object)
    through: Ints = np.diff(_through(ends, total, done), prepend=0).astype(np.int64)
    return through


def one_so_far(parts: Ints, place: int, done: int) -> int:
    """Return `part_so_far(parts, done)[place]`, more quickly."""
    end, total = int(parts[: place + 1].sum()), int(parts.sum())
    return _through(end, total, done) - _through(end - int(parts[place]), total, done)


def _through(ends: Ends, total: int, done: int) -> Ends:
    """Return how much of what ends at `ends` in a total is through; each end goes its own way."""
    through = ends * 0
    left = total
    done = min(done, left)
    while 0 < done < left:
        half = left // 2
        first = ends * half // left
        if done >= half:
            through = through + first
            ends = ends - first
            done -= half
            left -= half
        else:
            ends = first
            left = half
    return through + ends if done > 0 else through
