import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.indices.slots import GROUP, IndexSlots
from tests.market.live import INDEX_START as START
from tests.market.live import index_market

LIVE = clock_ms(9, 25, 30)


@pytest.fixture(scope="module")
def slots() -> IndexSlots:
    return index_market(LIVE).indices._slots


def test_slots_are_exact_from_the_minute_in_which_the_run_starts(slots: IndexSlots) -> None:
    assert [slots._is_live(START, slot) for slot in (0, 24, 25, 26)] == [False, False, True, True]


@pytest.mark.parametrize("slot", [0, 7, 24, 25, 200, 379, 380])
def test_a_slot_ends_where_its_members_do(slots: IndexSlots, slot: int) -> None:
    day, ticks = slots.day(START), slots.ticks(START, slot)
    assert (ticks.level[:, -1] == day.close[:, slot]).all()
    assert (ticks.volume.sum(axis=1) == np.diff(day.volume[:, slot : slot + 2])[:, 0]).all()
    assert (ticks.turnover.sum(axis=1) == np.diff(day.turnover[:, slot : slot + 2])[:, 0]).all()


@pytest.mark.parametrize("slot", [3, 24, 25, 130])
def test_seconds_stay_within_what_the_members_reach(slots: IndexSlots, slot: int) -> None:
    day, ticks = slots.day(START), slots.ticks(START, slot)
    assert (ticks.level.max(axis=1) <= np.maximum(day.high[:, slot], day.close[:, slot - 1])).all()
    assert (ticks.level.min(axis=1) >= np.minimum(day.low[:, slot], day.close[:, slot - 1])).all()


def test_extremes_of_a_stretch_are_those_of_its_seconds(slots: IndexSlots) -> None:
    end = 2 * GROUP + 7
    found = slots.until(START, end)
    levels = np.concatenate([slots.ticks(START, slot).level for slot in range(end)], axis=1)
    volume = np.concatenate([slots.ticks(START, slot).volume for slot in range(end)], axis=1)
    for row in range(0, len(levels), 9):
        first = int(np.flatnonzero(np.cumsum(volume[row]) > 0)[0])
        started = levels[row, first:]
        assert found.open[row] == started[0]
        assert found.high[row] == started.max()
        assert found.low[row] == started.min()
        assert found.close[row] == started[-1]
        begin = clock_ms(9) // 1_000
        assert found.high_at[row] == begin + first + started.argmax()
        assert found.low_at[row] == begin + first + started.argmin()


def test_the_state_of_a_second_follows_from_its_ticks(slots: IndexSlots) -> None:
    slot, inside = 30, 12
    second = slots.slot_start(START, slot) + inside
    state, ticks = slots.state(START, second), slots.ticks(START, slot)
    assert state is not None
    assert state.second == second
    assert (state.extremes.close == ticks.level[:, inside]).all()
    assert (state.quantity == ticks.volume[:, inside]).all()
    before = slots.day(START).volume[:, slot]
    assert (state.volume == before + ticks.volume[:, : inside + 1].sum(axis=1)).all()
    assert (state.traded <= slots._table.sizes).all()


def test_positions_follow_the_session(slots: IndexSlots) -> None:
    at = lambda hour, minute, second: slots.position(  # noqa: E731
        START, clock_ms(hour, minute, second) // 1_000
    )
    assert at(8, 59, 59) is None
    assert at(9, 0, 0) == (0, 0)
    assert at(15, 19, 59) == at(15, 25, 0) == (379, 59)
    assert at(15, 30, 4) == (380, 4)
    assert at(18, 0, 0) == (380, 29)
    assert slots.state(START, clock_ms(8) // 1_000) is None


def test_what_was_done_later_leaves_earlier_slots_alone() -> None:
    market = index_market(LIVE)
    slots = market.indices._slots
    before = slots.ticks(START, 40)
    market.overlay.halt("005930", moment(START, clock_ms(11)))
    assert slots.ticks(START, 40) is before
    assert (
        slots.day(START).volume[0, -1] < index_market(LIVE).indices._slots.day(START).volume[0, -1]
    )
