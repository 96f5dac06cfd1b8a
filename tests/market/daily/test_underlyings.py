import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.factors import draw_factors
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.daily.underlyings import (
    from_factor,
    from_members,
    from_stock,
    index_level,
    member_rows,
    underlying_key,
)
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.store import Store

UNIVERSE = load_universe(MarketConfig(), 3)
CALENDAR = load_calendar()
DAYS = np.array([CALENDAR.day_at(index) for index in range(-MEMORY - 3, 3)])
FACTORS_OF_FIVE = draw_factors(3, (), DAYS)
FACTORS = draw_factors(3, (), DAYS[:])


@pytest.fixture(scope="module")
def path():
    return DailyPath(UNIVERSE, CALENDAR, 3, Store())


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("069500", "index:201"),
        ("233740", "index:150"),
        ("091160", "basket:반도체"),
        ("0193T0", "stock:000660"),
        ("153130", "factor:bond"),
        ("360750", "factor:abroad"),
        ("57DFBC", "index:201"),
        ("57MXTL", "stock:005930"),
    ],
)
def test_every_kind_of_underlying_has_a_key(code: str, key: str):
    assert underlying_key(UNIVERSE, UNIVERSE.by_code[code]) == key


def test_all_members_of_baskets_are_listed():
    for each in UNIVERSE.instruments:
        if "underlying" in each.extra:
            key = underlying_key(UNIVERSE, each)
            assert key.startswith("factor:") or len(member_rows(UNIVERSE, key))
            if key.startswith("basket:"):
                assert len(member_rows(UNIVERSE, key)) >= 3


def test_index_without_members_falls_back_to_its_market():
    narrow = load_universe(MarketConfig(symbols=("069500", "229200", "091160")), 3)
    keys = [underlying_key(narrow, each) for each in narrow.instruments]
    assert sorted(keys) == ["factor:kosdaq", "factor:kospi", "factor:kospi"]


def test_stock_moves_by_its_bars(path):
    row = np.array([UNIVERSE.index("000660")])
    bars = path.bars(row, -2, 2)
    moves = from_stock(bars)
    assert np.allclose(moves.level[1:], moves.level[:-1] * moves.close)
    assert moves.level[3] == 1_007_000
    assert (moves.high >= np.maximum(moves.open, moves.close)).all()


def test_index_is_the_sum_of_its_members(path):
    rows = member_rows(UNIVERSE, "index:201")
    bars = path.bars(rows, -2, 2)
    moves = from_members(UNIVERSE, "index:201", bars, FACTORS_OF_FIVE, DAYS[-5:])
    shares = UNIVERSE.shares[rows][:, None]
    value = (bars.close * shares).sum(axis=0) / (bars.base * shares).sum(axis=0)
    assert len(rows) > 190
    assert np.allclose(moves.close, value)
    assert moves.level[3] == pytest.approx(index_level("index:201"))
    assert (moves.high >= np.maximum(moves.open, moves.close)).all()
    assert (moves.low <= np.minimum(moves.open, moves.close)).all()


def test_cash_earns_interest_and_hardly_moves():
    days = np.arange(16_000, 16_000 + MEMORY + 251)
    cash = from_factor(3, "factor:cash", draw_factors(3, (), days), days[MEMORY + 1 :])
    assert 1.02 < cash.close.prod() < 1.04
    assert abs(np.log(cash.close)).max() < 0.001
