"""Draw the returns that many instruments share: markets, sectors, and markets abroad.

Every series is `volatility x normal` with unit variance per session. Volatility has long memory
and rises after falls (leverage effect) in the stock markets.

Not for: single instruments (`share_returns`, `derived`).
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.daily.noise import Floats, normal_cells
from kiwoom_sim.market.daily.price_models import (
    MEMORY,
    Kernel,
    kernel_variance,
    remembered,
    volatility,
)
from kiwoom_sim.market.records import Ints

KOSPI_DEVIATION = 0.0108
KOSDAQ_DEVIATION = 0.0135
KOSPI_GAP_SHARE = 0.40
KOSDAQ_GAP_SHARE = 0.23
"""Share of the daily variance that happens overnight, of each market's factor."""

_VOLATILITY: Kernel = ((0.75, 0.97), (0.65, 0.80))
_MEMORY_SCALE, _DAY_SCALE = 0.85, 0.75
_LEVERAGE, _LEVERAGE_PERSISTENCE = -0.55, 0.85
_MOVE_MAX = 12.0  # standard deviations; keeps an index day inside about 13 %
_COMMON_SHARE = 0.93
_ABROAD_CORRELATION = 0.25
_VOLUME: Kernel = ((0.6, 0.97), (0.8, 0.60))
_VOLUME_DEVIATION = 0.18

_NAMES = ("common", "kospi", "kosdaq", "abroad", "commodity", "bond")


class Factors(Struct, frozen=True, kw_only=True):
    """Hold the shared series of consecutive sessions as columns.

    Attributes:
        names: Row of each series in the arrays.
        value: Unit-variance returns.
        volatility: Their volatility factors, mean square 1.
        gap: Standard normal noise of the overnight part.
        volume: Market-wide deviation of log volume, shape (sessions,).
    """

    names: dict[str, int]
    value: Floats
    volatility: Floats
    gap: Floats
    volume: Floats

    def market(self, *, kosdaq: bool) -> tuple[Floats, Floats, Floats]:
        """Return (value, volatility, gap noise) of a stock market's factor, each (sessions,)."""
        own, common = self.names["kosdaq" if kosdaq else "kospi"], self.names["common"]
        a, b = np.sqrt(_COMMON_SHARE), np.sqrt(1 - _COMMON_SHARE)
        value = a * self.value[common] + b * self.value[own]
        spread = np.sqrt((a * self.volatility[common]) ** 2 + (b * self.volatility[own]) ** 2)
        return value, spread, a * self.gap[common] + b * self.gap[own]

    def series(self, name: str) -> tuple[Floats, Floats, Floats]:
        """Return (value, volatility, gap noise) of one series, each (sessions,)."""
        if name in {"kospi", "kosdaq"}:
            return self.market(kosdaq=name == "kosdaq")
        row = self.names[name]
        if name != "abroad":
            return self.value[row], self.volatility[row], self.gap[row]
        own = np.sqrt(1 - _ABROAD_CORRELATION**2)
        value = _ABROAD_CORRELATION * self.value[self.names["common"]] + own * self.value[row]
        return value, self.volatility[row], self.gap[row]


def _bounded(values: Floats) -> Floats:
    """Return values that stay inside `_MOVE_MAX`, almost unchanged up to half of it."""
    fourth = np.square(np.square(values / _MOVE_MAX))
    bounded: Floats = values / np.sqrt(np.sqrt(1 + fourth))
    return bounded


def draw_factors(seed: int, sectors: tuple[str, ...], days: Ints) -> Factors:
    """Return the shared series of the sessions after the first `MEMORY` of `days`.

    Args:
        seed: Seed of the market.
        sectors: Sector names; each gets a series `sector:<name>`.
        days: Noise days of `MEMORY` earlier sessions and of the sessions asked for.
    """
    names = (*_NAMES, *(f"sector:{sector}" for sector in sectors))
    keys = stream_keys(seed, "daily-factor", list(names))
    memory, today, shock, gap = normal_cells(keys, days, 4)
    past = remembered(memory, _VOLATILITY)[:, MEMORY - 1 : -1]
    falls = remembered(shock, ((1.0, _LEVERAGE_PERSISTENCE),))[:, MEMORY - 1 : -1]
    spread = volatility(
        _MEMORY_SCALE * past + _LEVERAGE * falls + _DAY_SCALE * today[:, MEMORY:],
        _MEMORY_SCALE**2 * kernel_variance(_VOLATILITY) + _LEVERAGE**2 + _DAY_SCALE**2,
    )
    volume_key = stream_keys(seed, "daily-market-volume", [""])
    volume = remembered(normal_cells(volume_key, days, 1)[0], _VOLUME)[0, MEMORY:]
    return Factors(
        names={name: row for row, name in enumerate(names)},
        value=_bounded(spread * shock[:, MEMORY:]),
        volatility=spread,
        gap=gap[:, MEMORY:],
        volume=volume * (_VOLUME_DEVIATION / np.sqrt(kernel_variance(_VOLUME))),
    )
