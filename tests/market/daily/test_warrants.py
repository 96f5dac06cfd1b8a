import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.underlyings import Underlying
from kiwoom_sim.market.daily.warrants import STEP_WON, warrant_columns, warrant_wishes
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY

UNIVERSE = load_universe(MarketConfig(symbols=("57MXTL", "58UJYZ", "005930")), 3)
ROWS = np.flatnonzero([each.market == "ELW" for each in UNIVERSE.instruments])
WARRANTS = warrant_columns(UNIVERSE, ROWS)
ONE = np.ones(2)


def wishes(levels, days=(0, 1, 2), high=1.0, low=1.0):
    moves = Underlying(
        open=ONE, high=ONE * high, low=ONE * low, close=ONE, level=np.array(levels, np.float64)
    )
    return warrant_wishes(WARRANTS, {"stock:005930": moves}, REFERENCE_DAY + np.array(days))


def test_reference_price_is_met():
    prices = np.exp(wishes([199_400] * 3).close[:, 0])
    assert prices == pytest.approx(UNIVERSE.ref_price[ROWS].astype(np.float64))


def test_calibration_is_close_to_the_conversion_ratio():
    ratios = [float(UNIVERSE.instruments[int(row)].extra["conv_ratio"]) for row in ROWS]
    assert pytest.approx(ratios, rel=0.1) == WARRANTS.scale


def test_call_rises_and_put_falls_with_the_share():
    change = np.diff(wishes([190_000, 200_000, 210_000], days=(0, 0, 0)).close, axis=1)
    assert (change * WARRANTS.sign[:, None] > 0).all()


def test_high_is_the_best_price_for_the_holder():
    wanted = wishes([199_400] * 3, high=1.02, low=0.97)
    assert (wanted.high > wanted.open).all()
    assert (wanted.low < wanted.open).all()


def test_worthless_warrant_keeps_the_lowest_price():
    far = int(WARRANTS.expiry[0]) - REFERENCE_DAY
    prices = np.exp(wishes([100_000] * 3, days=(far, far + 1, far + 2)).close)
    assert prices[WARRANTS.sign > 0] == pytest.approx(STEP_WON)


def test_index_warrant_without_members_still_has_a_price():
    narrow = load_universe(MarketConfig(symbols=("57DFBC",)), 3)
    columns = warrant_columns(narrow, np.array([0]))
    assert columns.underlying == ["factor:kospi"]
    assert columns.scale[0] > 0
