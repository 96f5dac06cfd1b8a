"""Trades fill the bars and counts of their seconds exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY
from kiwoom_sim.market.intraday.symbol_day import PathSource
from kiwoom_sim.market.intraday.trades import BURST_MS, BURSTS_MAX, Prints
from tests.market.markets import DAYS, RUN_DAY, codes, shared_market


def source_of(code: str, day: int) -> PathSource:
    source = shared_market()._days.symbol_day(code, day)._source
    assert isinstance(source, PathSource)
    return source


@given(code=codes(), day=st.sampled_from(DAYS), slot=st.integers(0, 200))
def test_trades_fill_their_seconds(code: str, day: int, slot: int) -> None:
    source = source_of(code, day)
    prints = source.prints(slot, slot)
    _, seconds, counts = source.seconds(slot, slot)
    row = 0
    start = source._frame.slot_start(slot)
    second = (prints.time - start) // 1_000
    for number in range(60):
        part = prints.take(second == number)
        assert len(part.time) == counts.trades[row, number]
        if not len(part.time):
            continue
        assert part.quantity.sum() == seconds.volume[row, number]
        assert part.turnover.sum() == seconds.turnover[row, number]
        assert part.quantity.min() >= 1
        assert part.quantity[part.side > 0].sum() == counts.bought[row, number]
        assert (part.side > 0).sum() == counts.buys[row, number]
        found = part.price[0], part.price.max(), part.price.min(), part.price[-1]
        bars = (seconds.open, seconds.high, seconds.low, seconds.close)
        assert found == tuple(column[row, number] for column in bars)


@given(code=codes(), day=st.sampled_from(DAYS))
def test_times_rise_and_keep_to_bursts(code: str, day: int) -> None:
    prints = source_of(code, day).prints(0, 63)
    assert (np.diff(prints.time) >= 0).all()
    continuous = prints.take(prints.side != 0)
    of_second = continuous.time % 1_000
    assert (of_second > 0).all()
    instants = np.unique(continuous.time)
    windows = instants // BURST_MS
    assert len(np.unique(windows)) == len(windows)
    assert BURST_MS * BURSTS_MAX == 1_000


def test_any_range_gives_the_same_trades() -> None:
    source = source_of("005930", RUN_DAY)
    whole = source.prints(60, 70)
    starts = [source._frame.slot_start(slot) for slot in (66, 67)]
    first, last = np.searchsorted(whole.time, starts)
    part = source.prints(66, 66)
    for name in set(Prints.__struct_fields__) - {"row"}:
        assert (getattr(whole, name)[first:last] == getattr(part, name)).all()


@pytest.mark.parametrize("code", ["005930", "247540"])
def test_auction_prints_come_when_the_auctions_end(code: str) -> None:
    frame = shared_market()._days.symbol_day(code, RUN_DAY).frame
    prints = source_of(code, RUN_DAY).prints(0, frame.slots - 1)
    auctions = prints.take(prints.side == 0)
    assert auctions.time.tolist() == [frame.opening_end_ms, frame.closing_end_ms]
    assert (auctions.time // MS_PER_DAY == RUN_DAY).all()
    assert prints.price[0] == auctions.price[0]
    assert prints.price[-1] == auctions.price[-1]
