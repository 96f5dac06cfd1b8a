"""Know what a trade costs (수수료, 거래세): commission and tax by date, venue and environment.

Rates are tables keyed by effective date, in millionths of the turnover. Arithmetic is integer.

Known deviations: a broker's negotiated rates, and the agencies' fees inside the commission, are
not told apart; commission is cut below 10 won.

Source:
    Securities transaction tax and rural tax by law, by settlement date; commission of the
    broker's online channel; costs of its demo environment as published by clients.
"""

from bisect import bisect_right
from datetime import date
from typing import Literal

from kiwoom_sim.core.clock import day_from_date
from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.rules.ticks import Product

Environment = Literal["real", "demo"]

_MILLION = 1_000_000
_COMMISSION_STEP_WON = 10

_COMMISSION = {Venue.KRX: 150, Venue.NXT: 145, Venue.ALL: 150}
_DEMO_COMMISSION = 3_500

_Since = tuple[tuple[int, int], ...]


def _since(*rates: tuple[int, int]) -> _Since:
    """Return (day, rate) of rates that hold from the first of January of a year on."""
    return tuple((day_from_date(date(year, 1, 1)), rate) for year, rate in rates)


_TAX: dict[Product, _Since] = {
    Product.KOSPI: _since((1970, 2_500), (2021, 2_300), (2023, 2_000), (2024, 1_800),
                          (2025, 1_500), (2026, 2_000)),
    Product.KOSDAQ: _since((1970, 2_500), (2021, 2_300), (2023, 2_000), (2024, 1_800),
                           (2025, 1_500), (2026, 2_000)),
    Product.FUND: _since((1970, 0)),
    Product.ELW: _since((1970, 0)),
}  # fmt: skip


def commission_won(turnover_won: int, venue: Venue, environment: Environment) -> int:
    """Return the commission (수수료) on a turnover, in won.

    Args:
        turnover_won: Price times quantity of one fill, at least 0.
        venue: Where it was traded.
        environment: The demo environment charges a flat rate.
    """
    rate = _DEMO_COMMISSION if environment == "demo" else _COMMISSION[venue]
    charge = turnover_won * rate // _MILLION
    return charge - charge % _COMMISSION_STEP_WON


def tax_won(turnover_won: int, product: Product, settlement_day: int) -> int:
    """Return the tax on a sale (증권거래세와 농어촌특별세), in won.

    Args:
        turnover_won: Price times quantity of one fill, at least 0.
        product: Funds and ELWs are free of it.
        settlement_day: Day on which the sale settles; it decides which rate holds.
    """
    rates = _TAX[product]
    rate = rates[bisect_right(rates, settlement_day, key=lambda entry: entry[0]) - 1][1]
    return turnover_won * rate // _MILLION
