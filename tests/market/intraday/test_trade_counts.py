"""Counts of trades leave room for the trades: enough to turn, never more than shares."""

import numpy as np
import pytest

from kiwoom_sim.market.intraday.path import slot_rows, split_slots
from kiwoom_sim.market.intraday.refine import Bars, turning_points
from kiwoom_sim.market.intraday.trade_counts import TRADES_MAX, Counts, count_trades
from tests.market.markets import RUN_DAY, everything


def counted(slot: int) -> tuple[Bars, Counts]:
    market = everything()
    block = market._snapshots._blocks.minute_block(RUN_DAY)
    index = block.split.rows.position, np.full(len(block.split.rows.position), slot)
    rows = slot_rows(block.split, index)
    seconds = split_slots(market.universe, rows)
    return seconds, count_trades(market.universe, rows, seconds, (block.lower, block.upper))


@pytest.mark.parametrize("slot", [0, 60, 380])
def test_counts_fit_their_seconds(slot: int) -> None:
    seconds, counts = counted(slot)
    busy = seconds.volume > 0
    assert (counts.trades[~busy] == 0).all()
    assert (counts.trades[busy] >= 1).all()
    rest = busy & (counts.printed == 0)
    assert (counts.trades[rest] >= turning_points(seconds)[rest]).all()
    assert (counts.trades <= np.minimum(seconds.volume, TRADES_MAX)).all()
    sells = counts.trades - counts.buys - counts.printed
    sold = np.where(counts.printed > 0, 0, seconds.volume) - counts.bought
    assert (counts.buys >= 0).all()
    assert (sells >= 0).all()
    assert (counts.bought >= counts.buys).all()
    assert (sold >= sells).all()
    assert (counts.bought[counts.buys == 0] == 0).all()
    assert (sold[sells == 0] == 0).all()


def test_auction_prints_are_one_trade_and_neither_side() -> None:
    seconds, counts = counted(380)
    assert (counts.printed == (seconds.volume > 0)).all()
    assert (counts.trades == counts.printed).all()
    assert counts.buys.sum() == counts.bought.sum() == 0


def test_totals_are_sums_over_the_slot() -> None:
    seconds, counts = counted(0)
    totals = counts.totals(seconds.volume)
    assert (totals[:, 0] == counts.trades.sum(axis=1)).all()
    printed = (seconds.volume * counts.printed).sum(axis=1)
    assert (totals[:, 3] + totals[:, 4] + printed == seconds.volume.sum(axis=1)).all()
