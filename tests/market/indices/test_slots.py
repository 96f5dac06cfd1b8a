import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.indices.slots import IndexSlots
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


@pytest.mark.parametrize("slot", [0, 7, 24, 25, 130, 200, 379, 380])
def test_levels_alone_are_those_of_the_ticks(slots: IndexSlots, slot: int) -> None:
    assert (slots.levels(START, slot) == slots.ticks(START, slot).level).all()


@pytest.mark.parametrize("slot", [0, 3, 24, 25, 130, 379, 380])
def test_levels_stay_within_the_bounds_of_their_slot(slots: IndexSlots, slot: int) -> None:
    day, levels = slots.day(START), slots.levels(START, slot)
    started = day.start <= slot
    assert (levels.max(axis=1) <= day.ceiling[:, slot])[started].all()
    assert (levels.min(axis=1) >= day.floor[:, slot])[started].all()


def test_the_state_of_a_second_follows_from_its_ticks(slots: IndexSlots) -> None:
    slot, inside = 30, 12
    second = slots.slot_start(START, slot) + inside
    state, ticks = slots.state(START, second), slots.ticks(START, slot)
    assert state is not None
    assert state.second == second
    assert (state.level == ticks.level[:, inside]).all()
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
