import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.market.daily.bars import (
    FIELDS,
    THIN_VOLUME,
    finish_bars,
    opening_prices,
    stacked,
    unstacked,
)
from kiwoom_sim.market.daily.price_walk import StepRules
from kiwoom_sim.market.rules.ticks import Product

RULES = StepRules(product=Product.KOSPI, leverage=np.array([1]))
PRICES = st.integers(7_000, 13_000)


def bar(base: int, close: int, volume: int, opened: int, high: int, low: int):
    wanted = (np.array([[high]]), np.array([[low]]))
    limits = (np.array([[7_000]]), np.array([[13_000]]))
    path, traded = np.array([[base, close]]), np.array([[volume]])
    return finish_bars(path, traded, np.array([[opened]]), wanted, limits)


@given(PRICES, PRICES, st.integers(1, 10**9), PRICES, PRICES, PRICES)
def test_bar_needs_no_more_trades_than_shares(base, close, volume, opened, high, low):
    made = bar(base, close, volume, opened, high, low)
    o, h, low_, c = (int(getattr(made, name)[0, 0]) for name in ("open", "high", "low", "close"))
    assert low_ <= min(o, c)
    assert h >= max(o, c)
    assert len({o, h, low_, c}) <= volume
    assert (volume >= THIN_VOLUME) or o == h == low_ == c == close
    assert low_ * volume <= int(made.turnover[0, 0]) <= h * volume


def test_session_without_trade_shows_its_base():
    made = bar(10_000, 10_000, 0, 10_500, 11_000, 9_000)
    assert made.open == made.high == made.low == made.close == made.base == 10_000
    assert made.turnover == 0


def test_stacking_can_be_undone():
    made = bar(10_000, 10_100, 500, 10_500, 11_000, 9_000)
    fields = stacked(made)
    assert fields.shape == (len(FIELDS), 1, 1)
    again = unstacked(fields)
    assert all(np.array_equal(getattr(made, name), getattr(again, name)) for name in FIELDS)


def test_opening_prices_are_legal():
    days = np.array([20_000])
    limits = (np.array([[7_000]]), np.array([[13_000]]))
    for wanted, price in ((10_004.0, 10_000), (20_000.0, 13_000), (10.0, 7_000)):
        logs = np.log(np.array([[wanted]]))
        assert opening_prices(logs, limits, RULES, days)[0, 0] == price
