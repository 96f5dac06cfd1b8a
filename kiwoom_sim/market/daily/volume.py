"""Draw how many shares trade in a session.

Log volume is the instrument's usual level + a market-wide tide + its own slow tide + a rise with
the size of the move + noise of the day. A session that draws less than one share has no trade.

Not for: how the volume spreads over the day.

Known deviations: a long trading halt (거래정지) is modelled as no volume from some session
between 40 and 240 before the reference day on, for ever.
"""

from typing import NamedTuple

import numpy as np

from kiwoom_sim.core.rng import uniform_grid
from kiwoom_sim.market.daily.noise import Floats
from kiwoom_sim.market.daily.price_models import MEMORY, Kernel, kernel_variance, remembered
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import Product

ELW_LOT = 10

_TIDE: Kernel = ((0.8, 0.95), (0.6, 0.70))
_TIDE_SHARE, _DAY_SCALE = 0.62, 0.15
_MOVE_SLOPE, _MOVE_KNEE, _MOVE_CAP, _CAP_SLOPE = 26.0, 0.10, 2.6, 7.0
_MOVE_MAX = 0.30
_USUAL_MOVE = 0.70  # mean absolute return in units of its standard deviation, fat tails included
_UNKNOWN_TURNOVER = 0.004  # of the listed shares, for instruments without a reference volume
_TURNOVER_MAX = 4.0
_LATTICE = 1e6


class VolumeColumns(NamedTuple):
    """Hold the volume parameters of some instruments as columns."""

    rows: Ints
    level: Floats
    spread: Floats
    response: Floats
    most: Floats
    lot: Ints
    halted_from: Ints


def volume_columns(universe: Universe, rows: Ints) -> VolumeColumns:
    """Return the volume parameters of the instruments at some rows of the universe."""
    spread = universe.sd_lnvol[rows]
    response = np.minimum(1.0, spread / 0.95) ** 0.7
    known = np.where(
        universe.untraded[rows],
        np.maximum(universe.shares[rows] * _UNKNOWN_TURNOVER, 1.0),
        universe.ref_volume[rows].astype(np.float64),
    )
    usual = np.minimum(_MOVE_SLOPE * _USUAL_MOVE * universe.sigma[rows], _MOVE_CAP)
    halted = np.array(
        [
            "HALT" in universe.instruments[int(row)].flags or bool(universe.untraded[row])
            for row in rows
        ],
        dtype=np.bool_,
    )
    draws = uniform_grid(universe.keys("daily-halt")[rows], np.zeros(len(rows), np.int64), 1)[:, 0]
    begin = -40 - (draws * 200).astype(np.int64)
    return VolumeColumns(
        rows,
        np.log(known) - usual * response,
        spread,
        response,
        np.log(np.maximum(universe.shares[rows], 1) * _TURNOVER_MAX),
        np.where(universe.product[rows] == Product.ELW, ELW_LOT, 1),
        np.where(halted, begin, np.iinfo(np.int64).max),
    )


def at_positions(columns: VolumeColumns, at: Ints) -> VolumeColumns:
    """Return some entries of the columns."""
    return VolumeColumns(
        columns.rows[at],
        columns.level[at],
        columns.spread[at],
        columns.response[at],
        columns.most[at],
        columns.lot[at],
        columns.halted_from[at],
    )


def volume_tide(columns: VolumeColumns, market: Floats, memory: Floats) -> Floats:
    """Return the slow deviation of log volume of the sessions after the first `MEMORY`.

    Args:
        columns: Parameters.
        market: Market-wide deviation of those sessions.
        memory: Normal noise, shape (instruments, `MEMORY` + sessions).
    """
    own = (
        remembered(memory, _TIDE)[:, MEMORY:]
        * (_TIDE_SHARE * columns.spread / np.sqrt(kernel_variance(_TIDE)))[:, None]
    )
    tide: Floats = market + own
    return tide


def draw_volumes(
    columns: VolumeColumns, tide: Floats, noise: Floats, moves: Floats, sessions: Ints
) -> Ints:
    """Return shares traded, shape (instruments, sessions).

    Args:
        columns: Parameters.
        tide: Slow deviation of log volume; see `volume_tide`.
        noise: Normal noise of the session.
        moves: Log returns.
        sessions: Session numbers.
    """
    size = np.minimum(np.abs(moves), _MOVE_MAX)
    rise = np.minimum(
        _MOVE_SLOPE * size, _MOVE_CAP + _CAP_SLOPE * np.maximum(size - _MOVE_KNEE, 0.0)
    )
    logs = columns.level[:, None] + tide + rise * columns.response[:, None] + _DAY_SCALE * noise
    drawn = np.exp(np.rint(np.minimum(logs, columns.most[:, None]) * _LATTICE) / _LATTICE)
    lots = np.floor(drawn / columns.lot[:, None])
    volume = lots.astype(np.int64) * columns.lot[:, None]
    volume[sessions[None, :] >= columns.halted_from[:, None]] = 0
    return volume
