"""Make funds (ETF) and notes (ETN) follow their underlying.

The net asset value (순자산가치) compounds leverage x return - fee; the price is that value with a
small tracking error. Log values are integers of 1e-9, so a chain of any length is exact.

Not for: units created or redeemed; the number of units stays.
"""

from typing import NamedTuple

import numpy as np
from msgspec import Struct

from kiwoom_sim.market.daily.noise import Floats, normal_cells
from kiwoom_sim.market.daily.underlyings import Underlying, underlying_key
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints

LOG_UNIT = 1_000_000_000
"""Integer units of one unit of log value."""

_FEE = 0.0015 / 250
_LEVERAGED_FEE = 0.0064 / 250
_TRACKING = 0.0004
_CALM_TRACKING = 0.00003
_CALM = frozenset({"factor:cash", "factor:bond"})
_LOSS_MAX = 0.95


class FundColumns(NamedTuple):
    """Hold the parameters of some funds as columns."""

    rows: Ints
    underlying: list[str]
    leverage: Floats
    fee: Floats
    tracking: Floats


class Wishes(Struct, frozen=True, kw_only=True):
    """Hold the log prices that derived instruments want.

    Attributes:
        close: Shape (instruments, sessions + 1); one session more in front.
        open, high, low: Shape (instruments, sessions).
    """

    close: Floats
    open: Floats
    high: Floats
    low: Floats


def fund_columns(universe: Universe, rows: Ints) -> FundColumns:
    """Return the parameters of the funds at some rows of the universe."""
    instruments = [universe.instruments[int(row)] for row in rows]
    keys = [underlying_key(universe, each) for each in instruments]
    leverage = np.array([each.leverage for each in instruments], dtype=np.float64)
    return FundColumns(
        rows, keys, leverage,
        np.where(leverage == 1, _FEE, _LEVERAGED_FEE),
        np.array([_CALM_TRACKING if key in _CALM else _TRACKING for key in keys]),
    )  # fmt: skip


def stack(underlyings: dict[str, Underlying], keys: list[str], name: str) -> Floats:
    """Return one attribute of the named underlyings as rows."""
    rows = [getattr(underlyings[key], name) for key in keys]
    return np.stack(rows) if rows else np.zeros((0, 0))


def value_steps(funds: FundColumns, underlyings: dict[str, Underlying]) -> Ints:
    """Return the change of the log net asset value per session in `LOG_UNIT`."""
    moves = funds.leverage[:, None] * (stack(underlyings, funds.underlying, "close") - 1)
    growth = np.log1p(np.maximum(moves, -_LOSS_MAX) - funds.fee[:, None])
    steps: Ints = np.rint(growth * LOG_UNIT).astype(np.int64)
    return steps


def fund_wishes(
    universe: Universe, funds: FundColumns, underlyings: dict[str, Underlying],
    values: Ints, days: Ints,
) -> Wishes:  # fmt: skip
    """Return what funds want.

    Args:
        universe: Holds the stream keys.
        funds: Parameters.
        underlyings: By key.
        values: Log net asset values in `LOG_UNIT`, shape (funds, sessions + 1).
        days: Noise days of those sessions.
    """
    logs = values / LOG_UNIT
    error = normal_cells(universe.keys("daily-fund")[funds.rows], days, 2)
    error = error * funds.tracking[:, None]
    leverage, before = funds.leverage[:, None], logs[:, :-1]
    reach = [
        np.log1p(np.maximum(leverage * (stack(underlyings, funds.underlying, name) - 1), -0.95))
        for name in ("open", "high", "low")
    ]
    return Wishes(
        close=logs + error[0],
        open=before + reach[0] + error[1][:, 1:],
        high=before + np.maximum(reach[1], reach[2]),
        low=before + np.minimum(reach[1], reach[2]),
    )
