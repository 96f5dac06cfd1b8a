"""Lay keyed noise out as grids of (entity, session).

A cell is a pure function of (stream key, day of the session), so any part of a grid can be drawn
at any time and a longer calendar moves no cell.

Not for: what the noise means (see `price_models`, `factors`, `share_returns`).
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiwoom_sim.core.rng import normal_quantile, uniform_grid
from kiwoom_sim.market.records import Ints

Floats = NDArray[np.float64]
Keys = NDArray[np.uint32]


class SessionDays(Protocol):
    """Name what this module needs of a calendar."""

    first_day: int
    last_day: int

    @property
    def first_index(self) -> int:
        """Session number of the first session."""

    @property
    def last_index(self) -> int:
        """Session number of the last session."""

    def day_at(self, index: int) -> int:
        """Return the day of a session."""


def noise_days(calendar: SessionDays, first: int, last: int) -> Ints:
    """Return the day that keys the noise of each session from `first` to `last`.

    Sessions outside the calendar get consecutive days before its first or after its last day, so
    that memory reaching past either end is still keyed and unique.
    """
    start, end = calendar.first_index, calendar.last_index
    days = [
        calendar.first_day + index - start
        if index < start
        else calendar.last_day + index - end
        if index > end
        else calendar.day_at(index)
        for index in range(first, last + 1)
    ]
    return np.array(days, dtype=np.int64)


def uniform_cells(keys: Keys, days: Ints, count: int) -> Floats:
    """Return uniforms on (0, 1) of shape (count, entities, sessions)."""
    entities, sessions = len(keys), len(days)
    flat = uniform_grid(np.repeat(keys, sessions, axis=0), np.tile(days, entities), count)
    return np.ascontiguousarray(flat.T).reshape(count, entities, sessions)


def normal_cells(keys: Keys, days: Ints, count: int) -> Floats:
    """Return standard normals of shape (count, entities, sessions)."""
    return normal_quantile(uniform_cells(keys, days, count))


def sparse_uniforms(keys: Keys, days: Ints, where: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return two uniforms for each marked cell of an (entities, sessions) grid, in row order."""
    entity, session = np.nonzero(where)
    if not len(entity):
        return np.empty(0), np.empty(0)
    flat = uniform_grid(keys[entity], days[session], 2)
    return flat[:, 0], flat[:, 1]
