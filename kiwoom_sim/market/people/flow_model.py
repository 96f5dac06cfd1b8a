"""Say who buys and who sells: split a day's volume over investor kinds (투자자).

Every kind has a share of the day's volume and a net flow that leans with the day's return
(foreigners and institutions with it, individuals against it) and persists for some days.
Individuals take the other side of everybody, so nets sum to zero exactly.

Not for: where days and prices come from (see `investors`).

Invariants:
    Buys and sells are whole shares, never negative, and each side sums to the volume. Amounts in
    won sum to the turnover. Foreign holdings change by foreign nets only and stay within the cap.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.rng import Key, normal_grid
from kiwoom_sim.market.apportion import by_weight
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import INVESTORS, Ints

Floats = NDArray[np.float64]

MEMORY = 12
"""Sessions before the first asked one whose noise is needed."""

INDIVIDUAL, FOREIGN = 0, 1
INSTITUTIONS = slice(2, 10)
CORPORATION, RESIDENT_FOREIGN = 10, 11
_KINDS = len(INVESTORS)

_PERSISTENCE = 0.4
_COLUMNS = 8 + 2 * _KINDS
_SIZE_NOISE = slice(8, 8 + _KINDS)
_PRICE_NOISE = slice(8 + _KINDS, _COLUMNS)

_SPLIT = np.array([0.36, 0.04, 0.15, 0.02, 0.03, 0.25, 0.13, 0.02])
"""Shares of the eight institutions in all institutional trading."""


class FlowNoise(Struct, frozen=True, kw_only=True):
    """Hold the random parts of flows, one row per session, in standard deviations.

    Attributes:
        foreign, institution: Persistent plus fresh lean of the two.
        others: Of corporations and resident foreigners, shape (n, 2).
        size: Of each kind's share of trading, shape (n, 12).
        price: Of each kind's average price on the buy and sell side, shape (n, 12).
    """

    foreign: Floats
    institution: Floats
    others: Floats
    size: Floats
    price: Floats


def usual_shares(instrument: Instrument) -> Floats:
    """Return the usual share of each investor kind in the trading of an instrument, sum 1."""
    if instrument.market in {"ETF", "ETN"}:
        shares = (0.40, 0.18, 0.41, 0.008, 0.002)
    elif instrument.market == "ELW":
        shares = (0.58, 0.05, 0.365, 0.004, 0.001)
    elif instrument.market == "KOSDAQ":
        shares = (0.775, 0.15, 0.06, 0.012, 0.003)
    elif instrument.size_class == "대":
        shares = (0.405, 0.34, 0.235, 0.015, 0.005)
    else:
        shares = (0.68, 0.18, 0.12, 0.015, 0.005)
    individual, foreign, institution, corporation, resident = shares
    return np.array([individual, foreign, *(institution * _SPLIT), corporation, resident])


def draw_noise(own: Key, common: Key, days: Ints) -> FlowNoise:
    """Return the noise of a run of sessions.

    Args:
        own: Stream of the symbol.
        common: Stream of the whole market, so that nets of all symbols do not average out.
        days: Day numbers of the sessions, preceded by those of `MEMORY` sessions.
    """
    mine = normal_grid(np.array([own], dtype=np.uint32), days, _COLUMNS)
    shared = normal_grid(np.array([common], dtype=np.uint32), days, 2)
    lean = 0.8 * mine[:, :2] + 0.6 * shared
    lean[:, 1] = -0.4 * lean[:, 0] + 0.9165 * lean[:, 1]
    kernel = np.sqrt(1 - _PERSISTENCE**2) * _PERSISTENCE ** np.arange(MEMORY + 1)
    foreign = np.convolve(lean[:, 0], kernel, mode="valid")
    institution = np.convolve(lean[:, 1], kernel, mode="valid")
    fresh = mine[MEMORY:]
    return FlowNoise(
        foreign=0.78 * foreign + 0.62 * fresh[:, 2],
        institution=0.78 * institution + 0.62 * fresh[:, 3],
        others=fresh[:, 4:6],
        size=fresh[:, _SIZE_NOISE],
        price=fresh[:, _PRICE_NOISE],
    )


def split_volume(
    usual: Floats, noise: FlowNoise, returns: Floats, volume: Ints
) -> tuple[Ints, Ints]:
    """Return bought and sold shares, shape (n, 12); every row of both sums to the volume."""
    weights = usual * np.exp(0.35 * noise.size)
    weights /= weights.sum(axis=1, keepdims=True)
    nets = _net_shares(usual, weights, noise, returns)
    buy = np.maximum(0.0, weights + nets / 2)
    sell = np.maximum(0.0, weights - nets / 2)
    return by_weight(buy, volume), by_weight(sell, volume)


def _net_shares(usual: Floats, weights: Floats, noise: FlowNoise, returns: Floats) -> Floats:
    """Return net buys as shares of the volume; rows sum to zero, each within twice its weight."""
    nets = np.zeros_like(weights)
    lean = 0.05 * np.tanh(returns / 0.03)
    nets[:, FOREIGN] = (lean + 0.064 * noise.foreign) * min(1.2, usual[FOREIGN] / 0.30)
    institution = (lean + 0.064 * noise.institution) * min(1.2, usual[INSTITUTIONS].sum() / 0.20)
    inside = weights[:, INSTITUTIONS]
    part = inside / inside.sum(axis=1, keepdims=True)
    # What one institution sells to another cancels out in the institutions' sum.
    mutual = 0.5 * inside * noise.price[:, INSTITUTIONS]
    nets[:, INSTITUTIONS] = (
        institution[:, None] * part + mutual - mutual.sum(axis=1, keepdims=True) * part
    )
    nets[:, CORPORATION:] = weights[:, CORPORATION:] * 0.7 * noise.others
    bound = 1.8 * weights
    nets = bound * np.tanh(nets / bound)
    nets[:, INDIVIDUAL] = 0.0
    against = np.abs(nets.sum(axis=1))
    nets *= np.minimum(1.0, bound[:, INDIVIDUAL] / np.maximum(against, 1e-12))[:, None]
    nets[:, INDIVIDUAL] = -nets.sum(axis=1)
    return nets


def split_turnover(shares: Ints, lean: Floats, low: Ints, high: Ints, turnover: Ints) -> Ints:
    """Return the won behind shares, shape (n, 12); every row sums to the turnover.

    Args:
        shares: Shares per kind; every row sums to the day's volume.
        lean: How dear each kind traded, in standard deviations, shape (n, 12).
        low: Lower bound of the day's prices.
        high: Upper bound of them.
        turnover: Of the day.
    """
    volume = np.maximum(1, shares.sum(axis=1))
    mean = turnover / volume
    room = 0.3 * np.maximum(0.0, np.minimum(mean - low, high - mean))
    prices = mean[:, None] + room[:, None] * np.tanh(lean)
    return by_weight(shares * prices, turnover)


def keep_within(
    buy: Ints, sell: Ints, known: int, cap: int, *, backward: bool = False
) -> tuple[Ints, Ints, Ints]:
    """Clip foreign flows so that the holding stays in [0, cap]; individuals trade less instead.

    Args:
        buy: Shares per kind and session, oldest first.
        sell: The same for the other side.
        known: Holding before the first session, or with `backward` after the last one.
        cap: Most that foreigners may hold.
        backward: Walk from the last session to the first.

    Returns:
        Clipped buy and sell, and the holdings after each session with the one before the first
        session in front: `np.diff(holdings)` are the foreign nets.
    """
    buy, sell = buy.copy(), sell.copy()
    count = len(buy)
    holdings = np.empty(count + 1, dtype=np.int64)
    step = -1 if backward else 1
    holdings[-1 if backward else 0] = known
    for row in range(count)[::step]:
        net = int(buy[row, FOREIGN] - sell[row, FOREIGN])
        allowed = step * (min(cap, max(0, known + step * net)) - known)
        if allowed != net:
            side, surplus = (buy, net - allowed) if net > allowed else (sell, allowed - net)
            side[row, FOREIGN] -= surplus
            side[row, INDIVIDUAL] += surplus
        known += step * allowed
        holdings[row if backward else row + 1] = known
    return buy, sell, holdings
