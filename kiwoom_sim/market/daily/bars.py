"""Hold daily bars, and complete them from closes, volumes and wanted extremes.

Invariants (of `finish_bars`): prices are legal and inside the limits; low <= open, close <= high;
volume below 20 makes all four prices equal to the close, so that a bar never needs more trades
to visit its prices than it has shares.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.market.daily.noise import Floats
from kiwoom_sim.market.daily.price_models import whole_won
from kiwoom_sim.market.daily.price_walk import StepRules
from kiwoom_sim.market.records import Ints

THIN_VOLUME = 20
"""Below it, a session has one price."""


class DailyBars(Struct, frozen=True, kw_only=True):
    """Hold daily bars (일봉) as arrays of shape (instruments, sessions).

    Attributes:
        base: Base price (기준가): the close of the session before.
        turnover: Won: mean of the four prices times volume, floored.
        lower, upper: Price limits (하한가, 상한가).
    """

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    turnover: Ints
    base: Ints
    lower: Ints
    upper: Ints


FIELDS = DailyBars.__struct_fields__


def stacked(bars: DailyBars) -> Ints:
    """Return the bars as one array of shape (fields, instruments, sessions)."""
    return np.stack([getattr(bars, name) for name in FIELDS])


def unstacked(fields: Ints) -> DailyBars:
    """Return bars as views of an array made by `stacked`."""
    return DailyBars(**dict(zip(FIELDS, fields, strict=True)))


def opening_prices(logs: Floats, limits: tuple[Ints, Ints], rules: StepRules, days: Ints) -> Ints:
    """Return legal prices nearest to wanted log prices."""
    prices: Ints = np.clip(rules.rounded(whole_won(logs), days), *limits)
    return prices


def finish_bars(
    path: Ints, volume: Ints, opened: Ints, extremes: tuple[Ints, Ints],
    limits: tuple[Ints, Ints],
) -> DailyBars:  # fmt: skip
    """Return the bars of consecutive sessions.

    Args:
        path: Closes, one session more in front.
        volume: Shares traded; where it is 0 the close must equal the close before.
        opened: Legal opening prices.
        extremes: Legal wanted (high, low); widened to hold open and close.
        limits: (lower, upper).
    """
    base, close = path[:, :-1], path[:, 1:]
    thin = volume < THIN_VOLUME
    opened = np.where(thin, close, opened)
    high = np.where(thin, close, np.maximum(np.maximum(opened, close), extremes[0]))
    low = np.where(thin, close, np.minimum(np.minimum(opened, close), extremes[1]))
    return DailyBars(
        open=opened, high=high, low=low, close=close, volume=volume,
        turnover=(opened + high + low + close) * volume // 4,
        base=base, lower=limits[0], upper=limits[1],
    )  # fmt: skip
