"""Blocks over the universe hold what each symbol's own day says."""

import numpy as np
import pytest

from kiwoom_sim.market.intraday.blocks import Blocks, seconds_of
from kiwoom_sim.market.intraday.path import fields
from kiwoom_sim.market.market import Market
from tests.market.markets import RUN_DAY, at, open_market, shared_market

CODE = "247540"


def blocks_of(market: Market) -> Blocks:
    return market._snapshots._blocks


@pytest.mark.parametrize("slot", [0, 77, 380])
def test_seconds_of_the_block_are_those_of_the_trades(slot: int) -> None:
    market = shared_market()
    block = blocks_of(market).second_bars(RUN_DAY, slot)
    for code in market.universe.codes:
        own = market._days.symbol_day(code, RUN_DAY)
        for mine, theirs in zip(fields(seconds_of(own, slot)), fields(block), strict=True):
            assert (mine == theirs[own.frame.position]).all(), code


@pytest.mark.parametrize("slot", [1, 59, 60, 61, 379])
def test_last_prices_are_the_closes_of_the_seconds(slot: int) -> None:
    market = open_market()
    market.overlay.halt(CODE, at(10))
    blocks, position = blocks_of(market), np.array([2, 0, 1])
    closes = blocks.second_bars(RUN_DAY, slot).close[position]
    assert (blocks.last_prices(RUN_DAY, slot, position) == closes).all()


def test_events_are_patched_in() -> None:
    market, bare = open_market(), open_market()
    market.overlay.halt(CODE, at(10))
    market.overlay.split("005930", RUN_DAY + 1, 5, 1)
    ours, theirs = blocks_of(market), blocks_of(bare)
    row = market.universe.index(CODE)
    assert (ours.second_bars(RUN_DAY, 70).volume[row] == 0).all()
    assert ours.slot_bars(RUN_DAY).volume[row, 61:].sum() == 0
    before, after = (ours.day_columns(day) for day in (RUN_DAY, RUN_DAY + 1))
    assert (after.shares // before.shares).tolist() == [5, 1, 1]
    assert ours.previous_volume(RUN_DAY + 1)[0] == 5 * theirs.previous_volume(RUN_DAY + 1)[0]
    assert after.base[row] == ours.slot_bars(RUN_DAY).close[row, -1]


def test_the_first_session_has_no_volume_before_it_but_its_own() -> None:
    market = open_market()
    first = market.calendar.day_at(market.calendar.first_index)
    assert len(blocks_of(market).previous_volume(first)) == len(market.universe)
