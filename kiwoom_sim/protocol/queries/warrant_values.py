"""Derive what screens show of a warrant (ELW): terms, parity, sensitivities.

Everything but the terms follows Black and Scholes without interest, at the volatility of the
warrant's terms. Instruments of other kinds have zeros.

Known deviations: a warrant on an index is measured in index points.
"""

from math import erf, exp, log, pi, sqrt

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, parse_day
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument

_DAYS_PER_YEAR = 365.0
_SENSITIVITY = 1_000_000
_PERCENT = 10_000


class WarrantLine(Struct, frozen=True, kw_only=True):
    """Hold what ka10095 shows of a warrant.

    Attributes:
        parity, gearing, break_even_rate, capital_support, conversion_ratio: In hundredths of a
            percent.
        theory_price: Model price in hundredths of a won.
        implied_volatility: In hundredths of a percent; None for other instruments, as are the
            sensitivities, which are in millionths.
    """

    strike: int = 0
    expiry_day: int | None = None
    conversion_ratio: int = 0
    parity: int = 0
    gearing: int = 0
    break_even_rate: int = 0
    capital_support: int = 0
    theory_price: int | None = None
    implied_volatility: int | None = None
    delta: int | None = None
    gamma: int | None = None
    theta: int | None = None
    vega: int | None = None
    rho: int | None = None


NOT_A_WARRANT = WarrantLine()


def _normal(value: float) -> float:
    return 0.5 * (1.0 + erf(value / sqrt(2.0)))


def _underlying(instrument: Instrument, views: Views) -> float:
    """Return the price of the underlying in won, or its level in points."""
    code = instrument.extra["underlying"]
    if code in views.market.universe.by_code:
        return float(views.market.quote(code, views.now_ms).last)
    return views.market.indices.quote(code, views.now_ms).last / 100


def warrant_line(instrument: Instrument, last: int, views: Views) -> WarrantLine:
    """Return the line of an instrument at a price in won."""
    if instrument.market != "ELW":
        return NOT_A_WARRANT
    terms = instrument.extra
    spot, strike = _underlying(instrument, views), float(terms["strike"])
    sign = 1.0 if terms["right"] == "C" else -1.0
    ratio = float(terms["conv_ratio"])
    volatility = float(terms["iv"])
    expiry = parse_day(terms["expiry"]) or 0
    years = max(1.0, expiry - day_of(views.now_ms)) / _DAYS_PER_YEAR
    spread = volatility * sqrt(years)
    d1 = log(spot / strike) / spread + spread / 2
    density = exp(-d1 * d1 / 2) / sqrt(2 * pi)
    value = sign * (spot * _normal(sign * d1) - strike * _normal(sign * (d1 - spread)))
    break_even = strike + sign * last / ratio
    return WarrantLine(
        strike=round(strike),
        expiry_day=expiry,
        conversion_ratio=round(ratio * 100),
        parity=round(_PERCENT * (spot / strike if sign > 0 else strike / spot)),
        gearing=round(_PERCENT * spot * ratio / max(1, last)),
        break_even_rate=round(_PERCENT * (break_even - spot) / spot),
        capital_support=round(_PERCENT * (break_even - spot) / spot * sign),
        theory_price=round(value * ratio * 100),
        implied_volatility=round(volatility * _PERCENT),
        delta=round(_SENSITIVITY * sign * _normal(sign * d1)),
        gamma=round(_SENSITIVITY * density / (spot * spread)),
        theta=round(-_SENSITIVITY * spot * density * volatility / (2 * sqrt(years)) / 365),
        vega=round(_SENSITIVITY * spot * density * sqrt(years) / 100),
        rho=round(_SENSITIVITY * sign * strike * years * _normal(sign * (d1 - spread)) / 100),
    )
