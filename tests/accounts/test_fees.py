"""Commission and tax are right to the won, by date, venue and environment."""

import pytest

from kiwoom_sim.accounts.fees import Environment, commission_won, tax_won
from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.ticks import Product
from tests.market.markets import day


@pytest.mark.parametrize(
    ("turnover", "venue", "environment", "charge"),
    [
        (2_050_000, Venue.KRX, "real", 300),  # 307.5
        (10_000_000, Venue.KRX, "real", 1_500),
        (10_000_000, Venue.NXT, "real", 1_450),
        (10_000_000, Venue.ALL, "real", 1_500),
        (10_000_000, Venue.KRX, "demo", 35_000),
        (10_000_000, Venue.NXT, "demo", 35_000),
        (66_666, Venue.KRX, "real", 0),  # 9.9999 won
        (66_667, Venue.KRX, "real", 10),
        (2_857, Venue.KRX, "demo", 0),
        (2_858, Venue.KRX, "demo", 10),
        (0, Venue.KRX, "real", 0),
    ],
)
def test_commission_is_cut_below_ten_won(
    turnover: int, venue: Venue, environment: Environment, charge: int
) -> None:
    assert commission_won(turnover, venue, environment) == charge


@pytest.mark.parametrize(
    ("settles", "won"),
    [
        ("20201231", 2_500),
        ("20210101", 2_300),
        ("20221231", 2_300),
        ("20230101", 2_000),
        ("20240101", 1_800),
        ("20241231", 1_800),
        ("20250101", 1_500),
        ("20251231", 1_500),
        ("20260101", 2_000),
        ("20270104", 2_000),
    ],
)
@pytest.mark.parametrize("product", [Product.KOSPI, Product.KOSDAQ])
def test_the_settlement_date_decides_the_tax_on_a_million(
    product: Product, settles: str, won: int
) -> None:
    assert tax_won(1_000_000, product, day(settles)) == won


@pytest.mark.parametrize(
    ("sold", "settles", "rate"),
    [  # 12-31 is no session, so the last two sessions of a year settle in the next one
        ("20241226", "20241230", 18),
        ("20241227", "20250102", 15),
        ("20251226", "20251230", 15),
        ("20251229", "20260102", 20),
    ],
)
def test_the_rate_of_a_year_hits_the_last_trades_of_the_one_before(
    sold: str, settles: str, rate: int
) -> None:
    calendar = load_calendar()
    settlement = calendar.next(calendar.next(day(sold)))
    assert settlement == day(settles)
    assert tax_won(1_000_000, Product.KOSPI, settlement) == rate * 100


def test_tax_is_cut_to_whole_won_and_funds_and_warrants_pay_none() -> None:
    assert tax_won(999_999, Product.KOSPI, day("20260105")) == 1_999
    assert tax_won(499, Product.KOSDAQ, day("20260105")) == 0
    assert tax_won(500, Product.KOSDAQ, day("20260105")) == 1
    assert tax_won(10**9, Product.FUND, day("20260105")) == 0
    assert tax_won(10**9, Product.ELW, day("20260105")) == 0
