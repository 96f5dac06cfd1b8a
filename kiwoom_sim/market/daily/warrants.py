"""Price warrants (ELW) by Black and Scholes on the prices of their underlying.

Not for: quotes of the liquidity provider (LP).

Known deviations: no interest; the value is scaled so that the price of the reference day is met;
after the last trading day the warrant stays listed without a trade.
"""

from typing import NamedTuple

import numpy as np

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.market.daily.funds import Wishes, stack
from kiwoom_sim.market.daily.noise import Floats
from kiwoom_sim.market.daily.price_models import option_value
from kiwoom_sim.market.daily.underlyings import Underlying, index_level, underlying_key
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY

STEP_WON = 5
_DAYS_PER_YEAR = 365.0


class WarrantColumns(NamedTuple):
    """Hold the terms of some warrants as columns.

    Attributes:
        sign: 1 call, -1 put.
        scale: Won per unit of option value: conversion ratio (전환비율) x calibration.
        deviation: Implied volatility per year.
        last_day: Last trading day.
    """

    rows: Ints
    underlying: list[str]
    sign: Floats
    strike: Floats
    scale: Floats
    deviation: Floats
    expiry: Ints
    last_day: Ints


def warrant_columns(universe: Universe, rows: Ints) -> WarrantColumns:
    """Return the terms of the warrants at some rows of the universe."""
    instruments = [universe.instruments[int(row)] for row in rows]
    keys = [underlying_key(universe, each) for each in instruments]
    extras = [each.extra for each in instruments]
    spot = np.array([_reference_level(universe, key) for key in keys])
    sign = np.array([1.0 if each["right"] == "C" else -1.0 for each in extras])
    strike = np.array([float(each["strike"]) for each in extras])
    strike = np.where(spot == 1.0, 1.0, strike)  # a factor's level starts at 1
    deviation = np.array([float(each["iv"]) for each in extras])
    expiry = np.array([parse_day(each["expiry"]) for each in extras], dtype=np.int64)
    years = (expiry - REFERENCE_DAY) / _DAYS_PER_YEAR
    start = option_value(spot, strike, years, deviation, sign)
    return WarrantColumns(
        rows, keys, sign, strike, universe.ref_price[rows] / start, deviation, expiry,
        np.array([parse_day(each["last_trade"]) for each in extras], dtype=np.int64),
    )  # fmt: skip


def _reference_level(universe: Universe, key: str) -> float:
    """Return the level of an underlying on the reference day."""
    if key.startswith("stock:"):
        row = universe.index(key.removeprefix("stock:"))
        assert row is not None, "the key names a listed share"
        return float(universe.ref_price[row])
    return index_level(key) if key.startswith("index:") else 1.0


def warrant_wishes(
    warrants: WarrantColumns, underlyings: dict[str, Underlying], days: Ints
) -> Wishes:
    """Return what warrants want.

    Args:
        warrants: Terms.
        underlyings: By key.
        days: Days of the sessions, one more in front.
    """
    levels = stack(underlyings, warrants.underlying, "level")
    opened, high, low = (
        levels[:, :-1] * stack(underlyings, warrants.underlying, name)
        for name in ("open", "high", "low")
    )
    call = warrants.sign[:, None] > 0
    later = days[1:]
    return Wishes(
        close=_log_price(warrants, levels, days),
        open=_log_price(warrants, opened, later),
        high=_log_price(warrants, np.where(call, high, low), later),
        low=_log_price(warrants, np.where(call, low, high), later),
    )


def _log_price(warrants: WarrantColumns, levels: Floats, days: Ints) -> Floats:
    value = option_value(
        levels,
        warrants.strike[:, None],
        (warrants.expiry[:, None] - days[None, :]) / _DAYS_PER_YEAR,
        warrants.deviation[:, None],
        warrants.sign[:, None],
    )
    logs: Floats = np.log(np.maximum(value * warrants.scale[:, None], STEP_WON))
    return logs
