"""The instruments: complete, legal, fast to load, narrowed on request."""

import numpy as np
import pytest
from msgspec import ValidationError, convert

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.instruments import load_universe
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY
from kiwoom_sim.market.rules.ticks import Product, floor_to_tick

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


def test_every_reference_price_is_on_its_grid() -> None:
    tables = ALL.tick_tables(REFERENCE_DAY)
    assert (floor_to_tick(ALL.ref_price, tables) == ALL.ref_price).all()
    assert (ALL.ref_price > 0).all()


def test_columns_have_no_blanks() -> None:
    for column in (ALL.beta, ALL.sigma, ALL.on_var, ALL.sd_lnvol):
        assert np.isfinite(column).all()
        assert column.shape == (len(ALL),)
    assert (ALL.sigma > 0).all()
    assert (ALL.ref_volume >= 1).all()
    assert (ALL.shares > 0).all()
    assert 0 < ALL.untraded.sum() < 20


def test_limits_follow_product_and_leverage() -> None:
    percents = dict(zip(ALL.codes, ALL.limit_percents(REFERENCE_DAY).tolist(), strict=True))
    assert percents["005930"] == percents["069500"] == percents["114800"] == 30
    assert percents["122630"] == percents["252670"] == 60
    assert percents["57MXTL"] == 0


def test_funds_and_elws_name_what_they_follow() -> None:
    assert ALL.by_code["122630"].extra["underlying"] == "KOSPI200"
    assert ALL.by_code["122630"].leverage == 2
    assert ALL.by_code["0193T0"].extra["underlying"] == "000660"
    assert ALL.by_code["57MXTL"].extra["right"] == "C"
    assert all("underlying" in row.extra for row in ALL.instruments if not row.is_stock)


def test_keys_are_the_streams_of_the_codes() -> None:
    keys = ALL.keys("gap")
    assert tuple(int(word) for word in keys[0]) == stream_key(1, "gap", "005930")
    assert ALL.keys("gap") is keys


def test_symbols_narrow_the_universe_in_its_own_order() -> None:
    narrow = load_universe(MarketConfig(symbols=("000660", "005930")), seed=1)
    assert narrow.codes == ["005930", "000660"]
    assert narrow.keys("gap")[0].tolist() == ALL.keys("gap")[0].tolist()


def test_a_derivative_brings_its_share_along() -> None:
    assert load_universe(MarketConfig(symbols=("57MXTL",)), seed=1).codes == ["005930", "57MXTL"]


@pytest.mark.parametrize(("wrong", "near"), [("05930", "005930"), ("삼성전지", "005930")])
def test_an_unknown_symbol_is_refused_with_the_nearest_one(wrong: str, near: str) -> None:
    with pytest.raises(ValueError, match=f'unknown symbol "{wrong}".*"{near}"'):
        load_universe(MarketConfig(symbols=(wrong,)), seed=1)


def test_a_hopeless_symbol_is_refused_without_a_guess() -> None:
    with pytest.raises(ValueError, match=r'^unknown symbol "~"$'):
        load_universe(MarketConfig(symbols=("~",)), seed=1)


def test_config_refuses_what_cannot_be() -> None:
    for wrong in ({"synthetic": -1}, {"synthetic": 100_001}, {"symbol": []}):
        with pytest.raises(ValidationError):
            convert(wrong, MarketConfig)
