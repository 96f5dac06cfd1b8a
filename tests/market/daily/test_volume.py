import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.noise import normal_cells
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.daily.volume import (
    ELW_LOT,
    at_positions,
    draw_volumes,
    volume_columns,
    volume_tide,
)
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.ticks import Product

UNIVERSE = load_universe(MarketConfig(), 5)
ROWS = np.arange(len(UNIVERSE))
COLUMNS = volume_columns(UNIVERSE, ROWS)


def volumes(move: float, tide: float = 0.0, sessions=(0,)):
    shape = (len(ROWS), len(sessions))
    cells = (np.full(shape, each) for each in (tide, 0.0, move))
    return draw_volumes(COLUMNS, *cells, np.array(sessions))


def test_larger_moves_trade_more():
    calm, lively, wild = (volumes(move)[:, 0] for move in (0.0, 0.03, -0.12))
    traded = COLUMNS.halted_from > 0
    assert (calm <= lively).all()
    assert (lively[traded] <= wild[traded]).all()
    assert np.median(wild[traded] / lively[traded]) > 2


def test_median_session_is_near_the_reference_volume():
    typical = volumes(0.02)[:, 0][~UNIVERSE.untraded]
    ratio = typical / UNIVERSE.ref_volume[~UNIVERSE.untraded]
    assert 0.5 < np.median(ratio) < 2


def test_halted_instruments_stop_before_the_reference_day_for_ever():
    halted = np.array(["HALT" in each.flags for each in UNIVERSE.instruments])
    before, late = volumes(0.01, sessions=(-300, 300)).T
    assert halted.any()
    assert (late[halted | UNIVERSE.untraded] == 0).all()
    assert (before[halted] > 0).all()


def test_warrants_trade_in_lots_of_ten():
    warrants = UNIVERSE.product == Product.ELW
    assert (volumes(0.017)[warrants] % ELW_LOT == 0).all()


def test_no_session_trades_more_than_four_times_the_listed_shares():
    assert (volumes(0.3, tide=20.0)[:, 0] <= 4.00001 * UNIVERSE.shares).all()


def test_positions_pick_the_columns_of_one_instrument():
    one = at_positions(COLUMNS, np.array([7]))
    assert one.level[0] == COLUMNS.level[7]
    assert one.halted_from[0] == COLUMNS.halted_from[7]


def test_tide_has_the_deviation_of_the_instrument():
    days = np.arange(16_000, 16_000 + MEMORY + 300)
    memory = normal_cells(UNIVERSE.keys("test"), days, 1)[0]
    tide = volume_tide(COLUMNS, np.zeros(300), memory)
    assert np.median(tide.std(axis=1) / (0.62 * COLUMNS.spread)) == pytest.approx(1, abs=0.15)
