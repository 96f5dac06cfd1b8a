import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.funds import LOG_UNIT, fund_columns, fund_wishes, stack, value_steps
from kiwoom_sim.market.daily.underlyings import Underlying
from kiwoom_sim.market.listing.universe import load_universe

UNIVERSE = load_universe(MarketConfig(symbols=("069500", "122630", "252670")), 3)
FUNDS = fund_columns(UNIVERSE, np.arange(3))
DAYS = np.arange(20_000, 20_004)
MOVES = {
    "factor:kospi": Underlying(
        open=np.array([1.0, 1.01, 0.99]),
        high=np.array([1.02, 1.04, 1.0]),
        low=np.array([0.99, 1.0, 0.95]),
        close=np.array([1.01, 1.03, 0.96]),
        level=np.ones(4),
    )
}


def test_value_moves_by_leverage_times_return_less_a_fee():
    growth = np.exp(value_steps(FUNDS, MOVES) / LOG_UNIT) - 1
    for row, leverage in enumerate((1, 2, -2)):
        assert growth[row] == pytest.approx(leverage * np.array([0.01, 0.03, -0.04]), abs=5e-5)
        assert (growth[row] < leverage * np.array([0.01, 0.03, -0.04])).all()


def test_price_stays_near_the_value():
    values = np.full((3, 4), 9 * LOG_UNIT)
    wishes = fund_wishes(UNIVERSE, FUNDS, MOVES, values, DAYS)
    assert np.abs(wishes.close - 9).max() < 0.003
    assert (wishes.high >= wishes.low).all()


def test_inverse_fund_is_high_when_its_underlying_is_low():
    wishes = fund_wishes(UNIVERSE, FUNDS, MOVES, np.full((3, 4), 9 * LOG_UNIT), DAYS)
    inverse = list(FUNDS.leverage).index(-2)
    assert wishes.high[inverse, 2] == pytest.approx(9 + np.log1p(0.10))
    assert wishes.low[inverse, 1] == pytest.approx(9 + np.log1p(-0.08))


def test_a_loss_never_wipes_a_fund_out():
    crash = Underlying(**{name: np.array([0.3]) for name in Underlying.__struct_fields__})
    steps = value_steps(FUNDS, {"factor:kospi": crash})
    assert steps.min() > -4 * LOG_UNIT


def test_nothing_stacks_to_nothing():
    assert stack(MOVES, [], "open").size == 0
