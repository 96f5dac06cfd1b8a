import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.factors import draw_factors
from kiwoom_sim.market.daily.noise import normal_cells
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.daily.share_returns import draw_share_returns, share_columns
from kiwoom_sim.market.listing.universe import load_universe

UNIVERSE = load_universe(MarketConfig(), 5)
SHARES = np.flatnonzero([each.is_stock for each in UNIVERSE.instruments])
SECTORS = tuple(sorted({each.sector_code for each in UNIVERSE.instruments}))
DAYS = np.arange(16_000, 16_000 + MEMORY + 300)
FACTORS = draw_factors(5, SECTORS, DAYS)


def returns_of(rows):
    memory = normal_cells(UNIVERSE.keys("daily-memory")[rows], DAYS, 2)[0]
    return draw_share_returns(UNIVERSE, share_columns(UNIVERSE, rows), FACTORS, DAYS, memory)


@pytest.fixture(scope="module")
def returns():
    return returns_of(SHARES)


def test_share_does_not_depend_on_the_others(returns):
    alone = returns_of(SHARES[100:103])
    assert np.array_equal(alone.value, returns.value[100:103])
    assert np.array_equal(alone.limit_up, returns.limit_up[100:103])
    assert np.array_equal(alone.gap, returns.gap[100:103])
    assert np.array_equal(alone.uniforms[1], returns.uniforms[1][100:103])


def test_deviation_is_that_of_the_symbol(returns):
    ratio = returns.value.std(axis=1) / UNIVERSE.sigma[SHARES]
    assert np.median(ratio) == pytest.approx(1, abs=0.15)


def test_limit_up_sessions_are_rare_and_rises(returns):
    assert 0.0004 < returns.limit_up.mean() < 0.004
    assert (returns.value[returns.limit_up] > 0.19).all()


def test_session_after_a_limit_up_opens_higher(returns):
    after = returns.limit_up[:, :-1]
    assert returns.gap[:, 1:][after].mean() > 0.05
    assert returns.deviation[:, 1:][after].mean() > 1.5 * returns.deviation.mean()
