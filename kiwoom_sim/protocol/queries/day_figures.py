"""Derive figures of a past day that the market keeps no ticks of: strength, off-hours trading.

Known deviations: the strength of a past day follows from its bar and a keyed draw, not from its
trades; that of today is the true one. Off-hours trading exists only in these figures: it is not
part of the day's volume.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_DAY
from kiwoom_sim.core.rng import normal_grid, stream_keys, uniform_grid
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.protocol.measures import PERCENT


class OffHours(Struct, frozen=True, kw_only=True):
    """Hold trading before (장전) and after (장후) the session, one value per day candle."""

    before_volume: Ints
    after_volume: Ints
    before_turnover: Ints
    after_turnover: Ints


def _days(candles: Candles) -> Ints:
    days: Ints = candles.time // MS_PER_DAY
    return days


def off_hours(seed: int, code: str, candles: Candles) -> OffHours:
    """Return off-hours trading: below 0.6 % of the volume before, below 1.5 % after."""
    keys = stream_keys(seed, "off-hours", [code])
    shares = uniform_grid(keys, _days(candles), 2) * np.array([60, 150])
    part = shares.astype(np.int64)
    before = candles.volume * part[:, 0] // PERCENT
    after = candles.volume * part[:, 1] // PERCENT
    return OffHours(
        before_volume=before,
        after_volume=after,
        before_turnover=before * candles.base,
        after_turnover=after * candles.close,
    )


def day_strengths(seed: int, code: str, candles: Candles) -> Ints:
    """Return the strength (체결강도) of day candles in hundredths of a percent; 0 = no trade."""
    keys = stream_keys(seed, "strength", [code])
    noise = normal_grid(keys, _days(candles), 1)[:, 0]
    opened = np.maximum(candles.open, 1)
    move: NDArray[np.float64] = (candles.close - opened) / opened
    level = np.exp(0.9 * np.tanh(move / 0.03) * 0.5 + 0.18 * noise)
    strength = np.rint(level * PERCENT).astype(np.int64)
    result: Ints = np.where(candles.volume > 0, strength, 0)
    return result
