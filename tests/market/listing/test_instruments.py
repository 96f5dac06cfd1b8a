"""The instruments: complete, and as known."""

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.ticks import Product

ALL = load_universe(MarketConfig(), seed=1)


def test_every_packaged_instrument_is_there() -> None:
    counts: dict[str, int] = {}
    for row in ALL.instruments:
        counts[row.market] = counts.get(row.market, 0) + 1
    assert counts == {"KOSPI": 463, "KOSDAQ": 428, "ETF": 91, "ETN": 16, "ELW": 24}
    assert len(ALL.us) == 132
    assert len(ALL) == len(set(ALL.codes)) == 1_022
    assert all(len(code) == 6 for code in ALL.codes)


def test_samsung_electronics_reads_as_known() -> None:
    row = ALL.by_code["005930"]
    assert (row.name_ko, row.market, row.sector_code) == ("삼성전자", "KOSPI", "013")
    assert (row.ref_price, row.listed_shares) == (199_400, 5_919_637_922)
    assert (row.kospi200, row.nxt_ok, row.credit_ok, row.margin_rate) == (True, True, True, 40)
    assert row.is_stock
    assert row.product is Product.KOSPI
    assert ALL.index("005930") == 0
    assert ALL.index("AAPL") is None


def test_funds_and_elws_name_what_they_follow() -> None:
    assert ALL.by_code["122630"].extra["underlying"] == "KOSPI200"
    assert ALL.by_code["122630"].leverage == 2
    assert ALL.by_code["0193T0"].extra["underlying"] == "000660"
    assert ALL.by_code["57MXTL"].extra["right"] == "C"
    assert all("underlying" in row.extra for row in ALL.instruments if not row.is_stock)
