"""The universe: full columns, narrowed on request."""

import numpy as np
import pytest
from msgspec import ValidationError, convert

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY
from kiwoom_sim.market.rules.ticks import floor_to_tick

ALL = load_universe(MarketConfig(), seed=1)


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


@pytest.mark.parametrize("wrong", ["~", "AAPL", "SKhynix", "99999X"])
def test_what_is_like_no_symbol_is_refused_without_a_guess(wrong: str) -> None:
    with pytest.raises(ValueError, match=f'^unknown symbol "{wrong}"$'):
        load_universe(MarketConfig(symbols=(wrong,)), seed=1)


def test_config_refuses_what_cannot_be() -> None:
    for wrong in ({"synthetic": -1}, {"synthetic": 100_001}, {"symbol": []}):
        with pytest.raises(ValidationError):
            convert(wrong, MarketConfig)
