"""Draw the daily returns that shares want to make, before price steps and limits.

A return is beta x market + sector + own noise with its own volatility + a rare jump + drift. A
jump beyond +22 % often ends at the limit, and the session after such a day opens high and is wild.

Not for: prices (`price_walk`, `daily`) or funds and ELWs (`derived`).

Source:
    Parameters fitted to the moments of KOSPI and KOSDAQ daily bars 2023-12 to 2025-06.
"""

from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.market.daily.factors import KOSDAQ_DEVIATION, KOSPI_DEVIATION, Factors
from kiwoom_sim.market.daily.noise import Floats, normal_cells, sparse_uniforms, uniform_cells
from kiwoom_sim.market.daily.price_models import (
    MEMORY,
    Kernel,
    kernel_variance,
    remembered,
    volatility,
)
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import Product

PULL = 0.0015
"""Share of the log distance to the reference price that a session takes back."""

_VOLATILITY: Kernel = ((0.6, 0.96), (0.8, 0.75))
_DAY_SCALE = 0.40
_SECTOR_SHARE = 0.10
_OWN_SHARE_MIN = 0.25
_JUMP_UP_SHARE = 0.78
_JUMP_SQUARE = 5.5**2
_JUMP_MEAN = (2 * _JUMP_UP_SHARE - 1) * 5.3
_MAGNET = float(np.log(1.22))
_LIMIT = float(np.log(1.295))
_MAGNET_CHANCE = 0.5
_AFTER_RETURN, _AFTER_GAP, _AFTER_NOISE = 0.03, 0.065, 2.5
_DRIFT = 0.00025


class ShareColumns(NamedTuple):
    """Hold the parameters of some shares as columns, one entry per share."""

    rows: Ints
    beta: Floats
    sigma: Floats
    on_var: Floats
    kosdaq: NDArray[np.bool_]
    sector: list[str]
    jump_chance: Floats
    own: Floats
    scale: Floats


class ShareReturns(Struct, frozen=True, kw_only=True):
    """Hold what shares want to do, arrays of shape (shares, sessions).

    Attributes:
        value: Log return without the pull to the reference price.
        limit_up: Whether the session ends at the upper limit.
        gap: Noise of the overnight part: log gap = on_var x realised return + this.
        deviation: Standard deviation of the session's return, given its volatility.
        uniforms: Two uniforms for the extremes of the session.
    """

    value: Floats
    limit_up: NDArray[np.bool_]
    gap: Floats
    deviation: Floats
    uniforms: tuple[Floats, Floats]


def share_columns(universe: Universe, rows: Ints) -> ShareColumns:
    """Return the parameters of the shares at some rows of the universe."""
    instruments = [universe.instruments[int(row)] for row in rows]
    kosdaq = universe.product[rows] == Product.KOSDAQ
    large = np.array([each.size_class == "대" for each in instruments], dtype=np.bool_)
    beta, sigma = universe.beta[rows], universe.sigma[rows]
    chance = np.where(large, 0.004, np.where(kosdaq, 0.012, 0.008))
    market = np.where(kosdaq, KOSDAQ_DEVIATION, KOSPI_DEVIATION)
    own = np.maximum(
        sigma**2 * (1 - _SECTOR_SHARE - chance * _JUMP_SQUARE) - (beta * market) ** 2,
        _OWN_SHARE_MIN * sigma**2,
    )
    return ShareColumns(
        rows, beta, sigma, universe.on_var[rows], kosdaq,
        [each.sector_code for each in instruments], chance, np.sqrt(own),
        np.where(large, 0.75, 0.95),
    )  # fmt: skip


def draw_share_returns(
    universe: Universe, shares: ShareColumns, factors: Factors, days: Ints, memory: Floats
) -> ShareReturns:
    """Return the wishes of shares for the sessions after the first `MEMORY + 1` of `days`.

    Args:
        universe: Holds the stream keys.
        shares: Parameters.
        factors: Shared series of the sessions after the first `MEMORY` of `days`.
        days: Noise days of `MEMORY` earlier sessions, one session before, and those asked for.
        memory: Normal noise of the volatility for all of `days`, shape (shares, days).
    """
    recent = days[MEMORY:]
    keys = universe.keys("daily-return")[shares.rows]
    shock, today, gap = normal_cells(keys, recent, 3)
    chances = uniform_cells(universe.keys("daily-chance")[shares.rows], recent, 3)
    past = remembered(memory, _VOLATILITY)[:, MEMORY - 1 : -1]
    scale = shares.scale[:, None]
    spread = volatility(
        scale * past + _DAY_SCALE * today,
        scale**2 * kernel_variance(_VOLATILITY) + _DAY_SCALE**2,
    )
    shared, shared_variance, market_gap = _shared(shares, factors)
    own = shares.own[:, None] * spread
    value = shared + own * shock + _jumps(universe, shares, recent, chances[0])
    forced = _magnet(universe, shares, recent, value)
    after = np.zeros_like(forced)
    after[:, 1:] = forced[:, :-1]
    value = value + np.where(after, _AFTER_RETURN + (_AFTER_NOISE - 1) * own * shock, 0.0)
    width = np.sqrt(shares.on_var * (1 - shares.on_var))[:, None]
    rest = np.sqrt(np.maximum(shares.sigma**2 - market_gap[1] ** 2, 0.0))[:, None]
    overnight = width * (market_gap[1][:, None] * market_gap[0] + rest * gap)
    deviation = np.sqrt(shared_variance + own**2) * np.where(after, _AFTER_NOISE, 1.0)
    return ShareReturns(
        value=value[:, 1:],
        limit_up=(forced | _magnet(universe, shares, recent, value))[:, 1:],
        gap=(overnight + np.where(after, _AFTER_GAP, 0.0))[:, 1:],
        deviation=deviation[:, 1:],
        uniforms=(chances[1][:, 1:], chances[2][:, 1:]),
    )


def _shared(shares: ShareColumns, factors: Factors) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
    """Return market + sector return and drift, their variance, and (gap noise, its weight)."""
    boards = [factors.market(kosdaq=False), factors.market(kosdaq=True)]
    board = shares.kosdaq.astype(np.int64)
    market = np.array([KOSPI_DEVIATION, KOSDAQ_DEVIATION])[board]
    sectors = np.array([factors.names[f"sector:{name}"] for name in shares.sector], dtype=np.int64)
    weight, sector = shares.beta * market, np.sqrt(_SECTOR_SHARE) * shares.sigma
    value = np.stack([each[0] for each in boards])[board]
    spread = np.stack([each[1] for each in boards])[board]
    noise = np.stack([each[2] for each in boards])[board]
    drift = _DRIFT - 0.25 * shares.sigma**2 - shares.jump_chance * _JUMP_MEAN * shares.sigma
    total = weight[:, None] * value + sector[:, None] * factors.value[sectors] + drift[:, None]
    variance = (weight[:, None] * spread) ** 2 + (
        sector[:, None] * factors.volatility[sectors]
    ) ** 2
    return total, variance, (noise, np.minimum(np.abs(weight), shares.sigma) * np.sign(weight))


def _jumps(universe: Universe, shares: ShareColumns, days: Ints, chance: Floats) -> Floats:
    """Return the jump part of the returns, mostly zero."""
    marked = chance < shares.jump_chance[:, None]
    keys = universe.keys("daily-jump")[shares.rows]
    direction, size = sparse_uniforms(keys, days, marked)
    jumps = np.zeros_like(chance)
    sigma = np.broadcast_to(shares.sigma[:, None], chance.shape)[marked]
    sign = np.where(direction < _JUMP_UP_SHARE, 1.0, -1.0)
    jumps[marked] = sign * sigma * (2.5 + 7 * size * np.sqrt(size))
    return jumps


def _magnet(
    universe: Universe, shares: ShareColumns, days: Ints, value: Floats
) -> NDArray[np.bool_]:
    """Return which sessions are drawn to the upper limit."""
    forced = value >= _LIMIT
    near = value >= _MAGNET
    draw, _ = sparse_uniforms(universe.keys("daily-magnet")[shares.rows], days, near)
    forced[near] |= draw < _MAGNET_CHANCE
    return forced
