"""The day looks like a Korean trading day: rows 24 to 30 of the target table.

Volume and movement are U-shaped over the day; spreads are mostly one step; depth has its hump
behind the best level; sizes are skewed, times clustered and signs persistent.
"""

from functools import cache

import numpy as np
import pytest

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.intraday.blocks import MinuteBlock
from kiwoom_sim.market.intraday.refine import Floats
from kiwoom_sim.market.records import Trades
from tests.market.markets import RUN_DAY, at, everything

LIQUID = 300_000


def block() -> MinuteBlock:
    return everything()._snapshots._blocks.minute_block(RUN_DAY)


@cache
def trades_of(code: str) -> Trades:
    return everything().trades(code, moment(RUN_DAY), moment(RUN_DAY + 1))


def liquid_codes() -> list[str]:
    universe = everything().universe
    return [code for code, volume in zip(universe.codes[:60], universe.ref_volume, strict=False)
            if volume > LIQUID][:12]  # fmt: skip


def mean_volume_shares() -> Floats:
    volume = block().split.children.volume
    liquid = volume.sum(axis=1) > LIQUID
    shares: Floats = (volume[liquid] / volume[liquid].sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def test_volume_is_u_shaped() -> None:
    share = mean_volume_shares()
    assert 0.02 < share[0] < 0.04
    assert 0.20 < share[:31].sum() < 0.30
    assert 0.07 < share[181:241].sum() < 0.11
    assert 0.04 < share[361:381].sum() < 0.09
    assert 0.04 < share[-1] < 0.09
    assert share[1:31].sum() > share[181:241].sum()


def test_movement_is_large_at_both_ends() -> None:
    children = block().split.children
    liquid = children.volume.sum(axis=1) > LIQUID
    move = np.abs(np.diff(np.log(children.close[liquid]), axis=1)).mean(axis=0)
    midday = move[150:250].mean()
    assert 2 < move[:5].mean() / midday < 6
    assert 1.2 < move[375:380].mean() / midday < 3


def test_spreads_are_mostly_one_step_and_never_none() -> None:
    universe = everything().universe
    steps = []
    for code in liquid_codes():
        books = [everything().book(code, at(10, minute)) for minute in range(0, 60, 3)]
        table = int(universe.tick_tables(RUN_DAY)[universe.codes.index(code)])
        frame = everything()._days.symbol_day(code, RUN_DAY).frame
        assert frame.table == table
        spread = frame.knots.spreads(np.array([book.time_ms for book in books]))
        assert all(book.asks[0].price > book.bids[0].price for book in books)
        steps.append(spread)
    found = np.concatenate(steps)
    assert (found == 1).mean() > 0.8
    assert found.min() == 1


def test_depth_has_its_hump_behind_the_best_level() -> None:
    depth = np.zeros(10)
    shares = []
    for code in liquid_codes():
        books = [everything().book(code, at(11, minute, 2)) for minute in range(0, 60, 2)]
        for book in books:
            quantity = np.array([level.quantity for level in book.asks], dtype=np.float64)
            depth += quantity / quantity.mean()
        position = everything().universe.index(code)
        assert position is not None
        shares.append(books[-1].ask_total / everything().universe.ref_volume[position])
    assert depth.argmax() > 0
    assert depth[0] < depth[1:5].mean()
    assert 0.003 < np.median(shares) < 0.015


def test_a_few_trades_make_a_large_part_of_the_volume() -> None:
    for code in liquid_codes():
        sizes = np.sort(trades_of(code).quantity)[::-1]
        top = sizes[: max(len(sizes) // 100, 1)].sum() / sizes.sum()
        assert 0.08 < top < 0.35, code


def test_round_lots_are_frequent() -> None:
    sizes = np.concatenate([trades_of(code).quantity for code in liquid_codes()])
    large = sizes[sizes > 150]
    assert (large % 100 == 0).mean() > 0.2


def test_trades_come_in_clusters() -> None:
    for code in liquid_codes():
        gaps = np.diff(trades_of(code).time[1:-1])
        assert gaps.std() / gaps.mean() > 1.2, code


@pytest.mark.parametrize("lag", [1, 2])
def test_signs_persist(lag: int) -> None:
    found = []
    for code in liquid_codes():
        sign = trades_of(code).side[trades_of(code).side != 0]
        found.append(np.corrcoef(sign[lag:], sign[:-lag])[0, 1])
    assert np.median(found) > (0.25 if lag == 1 else 0.1)
    assert np.median(found) < 0.6


def test_large_names_trade_one_to_ten_times_a_second() -> None:
    seconds = 380 * 60
    rates = [len(trades_of(code)) / seconds for code in liquid_codes()]
    assert max(rates) < 10
    assert np.median(rates) > 0.5
