"""Days split into minutes and seconds keep their sums and do not depend on company."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.market.intraday.blocks import MinuteBlock
from kiwoom_sim.market.intraday.path import (
    SECONDS,
    DayRows,
    SplitDays,
    auction_ends,
    day_shape,
    fields,
    mean_sizes,
    slot_rows,
    split_days,
    split_slots,
    to_slots,
    trades_per_day,
)
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.market import Market
from tests.market.markets import DAYS, RUN_DAY, everything


def block_of(market: Market, day: int) -> MinuteBlock:
    return market._snapshots._blocks.minute_block(day)


def alone(rows: DayRows, row: int) -> DayRows:
    return DayRows(
        rows.position[[row]],
        rows.day[[row]],
        rows.bars.take([row]),
        rows.base[[row]],
        rows.table[[row]],
        rows.minutes,
    )


@pytest.mark.parametrize("minutes", [320, 350, 380])
def test_shapes_are_high_at_both_ends(minutes: int) -> None:
    volume, variance = day_shape(minutes)
    assert len(volume) == len(variance) == minutes + 2
    assert volume.sum() == pytest.approx(1.0)
    assert variance[0] == 0
    assert volume[1] > 2 * volume[minutes // 2] < volume[minutes] * 2


def test_there_are_no_more_trades_than_shares() -> None:
    volume, turnover = np.array([0, 3, 10**6]), np.array([0, 10**9, 10**12])
    assert trades_per_day(volume, turnover).tolist() == [1, 3, 45_000]
    assert (mean_sizes(volume, turnover) >= 1).all()


@given(row=st.integers(0, 1_000), slot=st.sampled_from([0, 1, 200, 379, 380]))
def test_a_symbol_alone_gives_the_row_of_the_block(row: int, slot: int) -> None:
    universe, block = everything().universe, block_of(everything(), RUN_DAY)
    one = alone(block.split.rows, row)
    children = split_days(universe, one)
    for ours, theirs in zip(fields(children), fields(block.split.children), strict=True):
        assert (ours[0] == theirs[row]).all()
    ends = auction_ends(universe, one.position, one.day)
    index = np.zeros(1, dtype=np.int64), np.array([slot])
    seconds = split_slots(universe, slot_rows(SplitDays(one, children, ends), index))
    whole = everything()._snapshots._blocks.second_bars(RUN_DAY, slot)
    for ours, theirs in zip(fields(seconds), fields(whole), strict=True):
        assert (ours[0] == theirs[row]).all()


@pytest.mark.parametrize("day", DAYS[:4])
def test_children_add_up_for_the_whole_universe(day: int) -> None:
    block = block_of(everything(), day)
    bars, children = block.split.rows.bars, block.split.children
    assert (children.volume.sum(axis=1) == bars.volume).all()
    assert (children.turnover.sum(axis=1) == bars.turnover).all()
    busy = bars.volume > 0
    traded = children.volume > 0
    assert (np.where(traded, children.high, 0).max(axis=1)[busy] == bars.high[busy]).all()
    slots = to_slots(children)
    assert slots.volume.shape[1] == block.split.rows.minutes + 1
    assert (slots.volume.sum(axis=1) == bars.volume).all()
    assert (slots.close[:, -1] == bars.close).all()
    first = (slots.volume > 0).argmax(axis=1)[busy]
    assert (slots.open[busy, first] == bars.open[busy]).all()


@pytest.mark.parametrize("slot", [0, 150, 380])
def test_seconds_add_up_to_their_slot(slot: int) -> None:
    blocks = everything()._snapshots._blocks
    slots, seconds = blocks.slot_bars(RUN_DAY), blocks.second_bars(RUN_DAY, slot)
    assert seconds.volume.shape[1] == SECONDS
    assert (seconds.volume.sum(axis=1) == slots.volume[:, slot]).all()
    assert (seconds.turnover.sum(axis=1) == slots.turnover[:, slot]).all()
    assert (seconds.close[:, -1] == slots.close[:, slot]).all()
    busy = slots.volume[:, slot] > 0
    high = np.where(seconds.volume > 0, seconds.high, 0).max(axis=1)
    assert (high[busy] == slots.high[busy, slot]).all()


def test_nothing_but_the_print_trades_until_the_opening_auction_ends() -> None:
    market = everything()
    block = block_of(market, RUN_DAY)
    seconds = market._snapshots._blocks.second_bars(RUN_DAY, 0)
    end = block.split.ends[0] // 1_000
    early = np.arange(SECONDS) < end[:, None]
    assert (seconds.volume[early] == 0).all()
    printed = seconds.volume[np.arange(len(end)), end]
    assert (printed == block.split.children.volume[:, 0]).all()
    closing = market._snapshots._blocks.second_bars(RUN_DAY, block.split.rows.minutes)
    assert ((closing.volume > 0).sum(axis=1) <= 1).all()


def test_auctions_end_within_thirty_seconds_off_the_second() -> None:
    universe = everything().universe
    position = np.arange(len(universe))
    for ends in auction_ends(universe, position, np.full(len(position), RUN_DAY)):
        assert ends.min() > 0
        assert 25_000 < ends.max() < 30_000
        assert (ends % 1_000 != 0).all()


def test_to_slots_joins_the_opening_print_to_the_first_minute() -> None:
    prices = [[100, 90, 95, 99]]
    price = np.array(prices, dtype=np.int64)
    volume = np.array([[5, 2, 0, 1]], dtype=np.int64)
    slots = to_slots(Bars(price, price, price, price, volume, volume * 100))
    assert slots.volume.tolist() == [[7, 0, 1]]
    assert (slots.open[0, 0], slots.high[0, 0], slots.low[0, 0], slots.close[0, 0]) == (
        100, 100, 90, 90,
    )  # fmt: skip
