import numpy as np
import pytest

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.market.indices.history import BLOCK, IndexHistory
from kiwoom_sim.market.indices.table import IndexTable
from kiwoom_sim.market.listing.reference import load_reference
from tests.market.live import make_basis

START = parse_day("20260323") or 0
ALL = ("001", "101", "201", "603", "013")


@pytest.fixture(scope="module")
def history() -> IndexHistory:
    basis = make_basis(START)
    return IndexHistory(basis, IndexTable(basis.universe, load_reference()))


@pytest.fixture(scope="module")
def few() -> IndexHistory:
    """History of a small universe, quick to follow back to the first session."""
    basis = make_basis(START, "005930", "000660", "247540")
    return IndexHistory(basis, IndexTable(basis.universe, load_reference()))


def test_the_reference_day_closes_at_the_published_level(history: IndexHistory) -> None:
    days = history.days(0, 0)
    assert days.close[history._table.row("001"), 0] == 578_120
    assert days.close[history._table.row("101"), 0] == 116_152


def test_opens_closes_and_volumes_are_those_of_the_members(history: IndexHistory) -> None:
    first, last = -70, -60
    days = history.days(first, last)
    table, universe = history._table, history._basis.universe
    bars = history._basis.daily.bars(np.arange(len(universe)), first, last)
    for code in ("001", "101", "013"):
        row = table.row(code)
        assert row is not None
        members = table.members[row]
        whole = (bars.close[members] * universe.shares[members, None]).sum(axis=0)
        scale, divisor = int(table._scale[row]), int(table.divisors[row])
        assert (days.close[row] == whole * scale // divisor).all()
        assert (days.volume[row] == bars.volume[members].sum(axis=0)).all()
        assert (days.turnover[row] == bars.turnover[members].sum(axis=0)).all()


def test_bars_are_bars_and_each_base_is_the_close_before(history: IndexHistory) -> None:
    days = history.days(-2 * BLOCK, 0)
    assert (days.low <= np.minimum(days.open, days.close)).all()
    assert (days.high >= np.maximum(days.open, days.close)).all()
    assert (days.base[:, 1:] == days.close[:, :-1]).all()
    assert (np.diff(days.day) > 0).all()


def test_the_range_of_an_index_is_plausible(history: IndexHistory) -> None:
    days = history.days(-2 * BLOCK, 0)
    row = history._table.row("001")
    closes = days.close[row]
    deviation = np.log(closes[1:] / closes[:-1]).std()
    spread = np.log(days.high[row] / days.low[row]).mean()
    assert 0.6 < spread / deviation < 2.0


def test_blocks_do_not_depend_on_the_order_of_requests() -> None:
    first, second = make_basis(START), make_basis(START)
    histories = [
        IndexHistory(basis, IndexTable(basis.universe, load_reference()))
        for basis in (first, second)
    ]
    histories[0].days(-200, -190)
    near = [history.days(-80, 0) for history in histories]
    assert (near[0].high == near[1].high).all()
    far = [history.days(-200, -190) for history in histories]
    assert (far[0].low == far[1].low).all()


@pytest.mark.parametrize("code", ALL)
def test_ticks_add_up_to_the_day(few: IndexHistory, code: str) -> None:
    history = few
    row = history._table.row(code)
    assert row is not None
    for session in (0, -1, -500, history._basis.calendar.first_index):
        days = history.days(session, session)
        ticks = history.ticks(row, session)
        assert ticks.level[0] == days.open[row, 0]
        assert ticks.level.max() == days.high[row, 0]
        assert ticks.level.min() == days.low[row, 0]
        assert ticks.level[-1] == days.close[row, 0]
        assert ticks.volume.sum() == days.volume[row, 0]
        assert ticks.turnover.sum() == days.turnover[row, 0]
        assert (np.diff(ticks.second) > 0).all()
