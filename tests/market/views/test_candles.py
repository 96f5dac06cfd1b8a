"""Merging candles keeps first, extremes, last and sums."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.intraday.symbol_day import NO_TRADES
from kiwoom_sim.market.records import Candles
from kiwoom_sim.market.views.candles import (
    NO_CANDLES,
    adjusted_by,
    group_candles,
    join_candles,
    minutes_of,
    newest,
    period_labels,
    periods_of,
    run_starts,
    ticks_of,
)
from tests.market.markets import RUN_DAY, at, day, shared_market


def candles(*closes: int, times: list[int] | None = None) -> Candles:
    column = np.array(closes, dtype=np.int64)
    time = np.array(times if times is not None else range(len(closes)), dtype=np.int64)
    return Candles(
        time=time, open=column - 1, high=column + 2, low=column - 3, close=column,
        volume=column * 10, turnover=column * 100, base=column - 5,
    )  # fmt: skip


@given(st.lists(st.integers(0, 3), max_size=20))
def test_runs_partition_their_labels(labels: list[int]) -> None:
    starts = run_starts(np.array(labels, dtype=np.int64)).tolist()
    assert [labels[start] for start in starts] == [
        label for at, label in enumerate(labels) if at == 0 or labels[at - 1] != label
    ]


def test_a_group_keeps_first_extremes_last_and_sums() -> None:
    merged = group_candles(candles(100, 120, 90, 110), np.array([0, 3]))
    rows = [getattr(merged, name).tolist() for name in Candles.__struct_fields__]
    assert rows == [
        [0, 3], [99, 109], [122, 112], [87, 107], [90, 110],
        [3100, 1100], [31000, 11000], [95, 105],
    ]  # fmt: skip
    assert group_candles(NO_CANDLES, np.zeros(0, dtype=np.int64)) is NO_CANDLES


def test_periods_begin_on_monday_the_first_and_new_year() -> None:
    days = np.array([day(text) for text in ("20251231", "20260102", "20260105", "20260202")])
    assert len(set(period_labels(days, "week").tolist())) == 3
    assert len(set(period_labels(days, "month").tolist())) == 3
    assert len(set(period_labels(days, "year").tolist())) == 2
    merged = periods_of(candles(1, 2, 3, 4, times=[moment(each) for each in days]), "year")
    assert merged.time.tolist() == [moment(int(days[0])), moment(int(days[1]))]
    with pytest.raises(ValueError, match="allowed: week, month, year"):
        period_labels(days, "decade")


def test_minutes_are_counted_from_the_open() -> None:
    times = [at(9, 0), at(9, 4), at(9, 5), at(15, 30)]
    merged = minutes_of(candles(1, 2, 3, 4, times=times), 5, at(9))
    assert merged.time.tolist() == [at(9), at(9, 5), at(15, 30)]
    assert merged.close.tolist() == [2, 3, 4]
    assert minutes_of(NO_CANDLES, 5, at(9)) is NO_CANDLES


def test_tick_candles_leave_out_what_began_earlier() -> None:
    trades = shared_market().trades("005930", at(10), at(10, 0, 20))
    whole = ticks_of(trades, 4, (8, 0), 100)
    assert len(whole) == -(-len(trades) // 4)
    assert whole.volume.sum() == trades.quantity.sum()
    later = ticks_of(trades, 4, (9, 0), 100)
    assert later.open[0] == trades.price[3]
    assert ticks_of(NO_TRADES, 4, (0, 0), 100) is NO_CANDLES


def test_adjustment_scales_prices_down_and_volumes_up() -> None:
    ours = adjusted_by(candles(1_000), Fraction(1, 4))
    assert (ours.close[0], ours.volume[0], ours.turnover[0]) == (250, 40_000, 100_000)
    same = candles(7)
    assert adjusted_by(same, Fraction(1)) is same


def test_newest_and_joined() -> None:
    three = candles(1, 2, 3)
    assert newest(three, 2).close.tolist() == [2, 3]
    assert newest(three, 3) is three
    assert len(newest(three, 0)) == 0
    assert join_candles([NO_CANDLES, three]) is three
    assert join_candles([]) is NO_CANDLES
    assert len(join_candles([three, three])) == 6
    assert RUN_DAY
