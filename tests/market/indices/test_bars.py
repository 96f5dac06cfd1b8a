import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.indices.bars import NOTHING, IndexBars, Stretch, join
from kiwoom_sim.market.records import Ints
from tests.market.live import INDEX_START as START
from tests.market.live import index_market

LIVE = clock_ms(9, 25, 30)
OPEN = clock_ms(9) // 1_000


@pytest.fixture(scope="module")
def bars() -> IndexBars:
    return index_market(LIVE).indices._bars


@pytest.fixture(scope="module")
def seconds(bars: IndexBars) -> tuple[Ints, Ints]:
    """Return levels and volumes of all seconds of continuous trading."""
    ticks = [bars._slots.ticks(START, slot) for slot in range(380)]
    return (
        np.concatenate([each.level for each in ticks], axis=1),
        np.concatenate([each.volume for each in ticks], axis=1),
    )


def rows_of(bars: IndexBars) -> range:
    return range(0, len(bars._slots.day(START).close), 7)


@pytest.mark.parametrize("end", [1, 24, 27, 380])
def test_a_stretch_shows_its_seconds(bars: IndexBars, seconds: tuple[Ints, Ints], end: int) -> None:
    for row in rows_of(bars):
        level, volume = (column[row, : end * 60] for column in seconds)
        first = int((np.cumsum(volume) > 0).argmax())
        started, begin = level[first:], OPEN + first
        assert bars.until(row, START, end) == Stretch(
            open=started[0],
            high=started.max(),
            low=started.min(),
            high_at=begin + started.argmax(),
            low_at=begin + started.argmin(),
        )


def test_columns_are_the_bars_of_all_slots(bars: IndexBars, seconds: tuple[Ints, Ints]) -> None:
    for row in rows_of(bars):
        level = seconds[0][row].reshape(380, 60)
        opened, high, low = bars.columns(row, START, 380)
        assert (opened[1:] == level[1:, 0]).all()
        assert (high[1:] == level[1:].max(axis=1)).all()
        assert (low[1:] == level[1:].min(axis=1)).all()
        part = bars.part(row, START, 0, 60)
        assert (opened[0], high[0], low[0]) == (part.open, part.high, part.low)


def test_answers_do_not_depend_on_what_was_looked_at_before() -> None:
    fresh, filled = (index_market().indices._bars for _ in range(2))
    filled.columns(0, START, 300)
    for row in (0, 5, 40):
        assert fresh.until(row, START, 300) == filled.until(row, START, 300)
    looked_at = fresh._seen(fresh._slots.day(START)).revision
    assert 0 < (looked_at >= 0).sum() < 250


def test_what_is_done_later_leaves_earlier_slots_alone() -> None:
    market = index_market(LIVE)
    bars = market.indices._bars
    before = bars.until(0, START, 100), bars.columns(0, START, 100)[1].tolist()
    at = moment(START, clock_ms(11))
    market.overlay.pin("005930", at, market.quote("005930", at).base)
    assert (bars.until(0, START, 100), bars.columns(0, START, 100)[1].tolist()) == before
    ticks = bars._slots.ticks(START, 125)
    assert bars.columns(0, START, 126)[1][125] == ticks.level[0].max()


def test_steps_ahead_make_questions_quick() -> None:
    market = index_market(LIVE)
    now = moment(START, clock_ms(9, 40, 10))
    market.store.cooperative = True
    assert market.indices.ahead(now) is None, "nobody asked about indices yet"
    market.indices.members("001")
    steps = 0
    while (missing := market.indices.ahead(now)) is not None:
        missing.build()
        steps += 1
    assert 40 // 2 <= steps <= 22
    assert market.indices._bars.columns(0, START, 40)[0].all()
    assert market.indices.ahead(now + 19_000) is None
    assert market.indices.ahead(now + 60_000) is not None
    assert market.indices.ahead(moment(START, clock_ms(8))) is None


def test_stretches_join() -> None:
    first = Stretch(open=10, high=12, low=9, high_at=3, low_at=4)
    assert join(first, NOTHING) == join(NOTHING, first) == first
    second = Stretch(open=12, high=13, low=9, high_at=7, low_at=8)
    assert join(first, second) == Stretch(open=10, high=13, low=9, high_at=7, low_at=4)
