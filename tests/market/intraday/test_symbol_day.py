"""A symbol's day answers the same whatever was asked before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.market.intraday.symbol_day import (
    NO_TRADES,
    SymbolDay,
    cut_trades,
    join_trades,
    slice_trades,
)
from kiwoom_sim.market.records import Trades
from tests.market.markets import DAYS, RUN_DAY, at, codes, open_market, shared_market


def day_of(code: str, day: int = RUN_DAY) -> SymbolDay:
    return shared_market()._days.symbol_day(code, day)


@given(code=codes(), day=st.sampled_from(DAYS), slot=st.integers(0, 380))
def test_running_totals_continue_from_slot_to_slot(code: str, day: int, slot: int) -> None:
    own = day_of(code, day)
    slot = min(slot, own.frame.slots - 1)
    trades = own.trades(slot)
    if not len(trades):
        assert own.slots.volume[slot] == 0
        return
    assert trades.volume[-1] == own.volume[slot + 1]
    assert trades.turnover[-1] == own.turnover[slot + 1]
    assert (trades.high[-1], trades.low[-1]) == (own.high[slot], own.low[slot])
    assert (np.diff(trades.volume, prepend=own.volume[slot]) == trades.quantity).all()
    assert set(trades.open.tolist()) == {own.open}
    assert own.trade_counts(slot + 1)[slot] == len(trades)
    for name, side in (("buy", 1), ("sell", -1)):
        volume, count = getattr(trades, f"{name}_volume"), getattr(trades, f"{name}_count")
        first = int(volume[0] - trades.quantity[0] * (trades.side[0] == side))
        running = first + np.cumsum(np.where(trades.side == side, trades.quantity, 0))
        assert (volume == running).all()
        assert count[-1] - count[0] == (trades.side[1:] == side).sum()


@pytest.mark.parametrize("code", ["005930", "247540"])
def test_totals_of_a_whole_day_are_the_sums_of_its_trades(code: str) -> None:
    own = day_of(code)
    whole = own.build_trades(0, own.frame.slots - 1)
    assert whole.volume[-1] == whole.quantity.sum() == own.volume[-1]
    assert whole.buy_volume[-1] == whole.quantity[whole.side > 0].sum()
    assert whole.sell_volume[-1] == whole.quantity[whole.side < 0].sum()
    assert whole.buy_count[-1] == (whole.side > 0).sum()
    assert whole.sell_count[-1] == (whole.side < 0).sum()
    assert (whole.high == np.maximum.accumulate(whole.price)).all()
    assert (whole.low == np.minimum.accumulate(whole.price)).all()
    assert len(own.prints().time) == len(whole)


@given(code=codes(), now=st.integers(at(8, 50), at(15, 40)))
def test_the_last_trade_is_the_latest_one_so_far(code: str, now: int) -> None:
    own = day_of(code)
    whole = own.build_trades(0, own.frame.slots - 1)
    trades, number = own.last_trade(now)
    expected = int(np.searchsorted(whole.time, now, side="right")) - 1
    if expected < 0:
        assert number == -1
        assert own.last_price(now) == own.frame.base
        return
    assert trades.volume[number] == whole.volume[expected]
    assert own.last_price(now) == whole.price[expected]
    high = int(trades.high[number])
    assert own.extreme_time(high, high=True) == whole.time[int((whole.price >= high).argmax())]


def test_there_is_no_time_of_a_price_that_was_not_reached() -> None:
    own = day_of("005930")
    assert own.extreme_time(10**9, high=True) is None
    assert own.extreme_time(1, high=False) is None


def test_a_day_without_trades() -> None:
    market = open_market(codes=("005930",))
    market.overlay.halt("005930", at(8))
    own = market._days.symbol_day("005930", RUN_DAY)
    assert (own.open, own.volume[-1], own.busy_slot(380)) == (0, 0, -1)
    assert own.last_trade(at(15, 45)) == (NO_TRADES, -1)
    assert own.trade_counts(381).sum() == 0


def test_trades_are_joined_and_cut() -> None:
    whole = day_of("005930").trades(30)
    middle = int(whole.time[len(whole) // 2])
    early, late = cut_trades(whole, 0, middle), cut_trades(whole, middle, 2 * middle)
    assert early.time[-1] == middle < late.time[0]
    assert len(join_trades([NO_TRADES, early, late])) == len(whole)
    assert join_trades([early, NO_TRADES]) is early
    assert join_trades([]) is NO_TRADES
    assert slice_trades(whole, 0, len(whole)) is whole
    assert isinstance(slice_trades(whole, 1, 3), Trades)
    assert day_of("005930").trades(-1) is NO_TRADES
