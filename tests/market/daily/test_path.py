from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.bars import FIELDS, THIN_VOLUME
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.ticks import Product, price_limits, tick_sizes
from kiwoom_sim.market.store import NotReady, Store

SEED = 7
FIRST, LAST = -300, 200
UNIVERSE = load_universe(MarketConfig(), SEED)
CALENDAR = load_calendar()
ALL = np.arange(len(UNIVERSE))


def new_path(store: Store | None = None) -> DailyPath:
    return DailyPath(UNIVERSE, CALENDAR, SEED, store or Store())


def rows_of(*codes: str):
    return np.array([UNIVERSE.index(code) for code in codes])


def digest(bars) -> str:
    total = blake2b(digest_size=8)
    for name in FIELDS:
        total.update(np.ascontiguousarray(getattr(bars, name)).tobytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def whole():
    return new_path().bars(ALL, FIRST, LAST)


def test_every_close_of_the_reference_day_is_the_reference_price(whole):
    assert np.array_equal(whole.close[:, -FIRST], UNIVERSE.ref_price)


def test_base_is_the_close_before(whole):
    assert np.array_equal(whole.base[:, 1:], whole.close[:, :-1])


def test_prices_are_legal_and_inside_the_limits(whole):
    for column, session in enumerate(range(FIRST, LAST + 1)):
        day = CALENDAR.day_at(session)
        tables = UNIVERSE.tick_tables(day)
        lower, upper = price_limits(whole.base[:, column], tables, UNIVERSE.limit_percents(day))
        assert np.array_equal(lower, whole.lower[:, column])
        assert np.array_equal(upper, whole.upper[:, column])
        for name in ("open", "high", "low", "close"):
            prices = getattr(whole, name)[:, column]
            assert (prices % tick_sizes(prices, tables) == 0).all()
            assert ((lower <= prices) & (prices <= upper)).all()


def test_old_sessions_keep_the_rules_of_their_day():
    rows = rows_of("005930", "005257", "247540", "069500", "252670", "086520", "004415")
    bars = new_path().bars(rows, CALENDAR.first_index, -700)
    for column, session in enumerate(range(CALENDAR.first_index, -699)):
        day = CALENDAR.day_at(session)
        tables = UNIVERSE.tick_tables(day)[rows]
        for name in ("open", "high", "low", "close"):
            prices = getattr(bars, name)[:, column]
            assert (prices % tick_sizes(prices, tables) == 0).all()
    assert (bars.close <= bars.upper).all()
    assert (bars.close >= bars.lower).all()


def test_bar_encloses_its_open_and_close(whole):
    assert (whole.low <= np.minimum(whole.open, whole.close)).all()
    assert (whole.high >= np.maximum(whole.open, whole.close)).all()


def test_session_without_trade_shows_its_base(whole):
    none = whole.volume == 0
    assert none.any()
    for name in ("open", "high", "low", "close"):
        assert np.array_equal(getattr(whole, name)[none], whole.base[none])


def test_thin_session_has_one_price(whole):
    thin = whole.volume < THIN_VOLUME
    for name in ("open", "high", "low"):
        assert np.array_equal(getattr(whole, name)[thin], whole.close[thin])


def test_turnover_lies_between_low_and_high(whole):
    assert (whole.turnover >= whole.low * whole.volume).all()
    assert (whole.turnover <= whole.high * whole.volume).all()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_request_gives_the_bytes_of_the_whole(whole, data):
    path = new_path()
    for _ in range(data.draw(st.integers(1, 2))):
        count = data.draw(st.integers(1, 4))
        rows = np.array(data.draw(st.lists(st.integers(0, len(ALL) - 1), min_size=1,
                                           max_size=count)))  # fmt: skip
        first = data.draw(st.integers(FIRST, LAST))
        last = data.draw(st.integers(first, LAST))
        bars = path.bars(rows, first, last)
        for name in FIELDS:
            expected = getattr(whole, name)[rows, first - FIRST : last - FIRST + 1]
            assert np.array_equal(getattr(bars, name), expected)


def test_many_instruments_in_any_order_give_the_bytes_of_the_whole(whole):
    rows = ALL[::-7]
    bars = new_path().bars(rows, 60, 70)
    for name in FIELDS:
        assert np.array_equal(getattr(bars, name), getattr(whole, name)[rows, 360:371])


def test_bytes_do_not_depend_on_what_the_store_forgets(whole):
    rows = rows_of("005930", "069500", "0193T0", "57DFBC")
    path = new_path(Store(limit_bytes=1))
    for first, last in ((150, 160), (-200, -190), (-5, 5), (150, 160)):
        bars = path.bars(rows, first, last)
        for name in FIELDS:
            expected = getattr(whole, name)[rows, first - FIRST : last - FIRST + 1]
            assert np.array_equal(getattr(bars, name), expected)


def test_narrow_universe_prices_its_shares_alike(whole):
    narrow = load_universe(MarketConfig(symbols=("005930", "247540", "0193W0")), SEED)
    path = DailyPath(narrow, CALENDAR, SEED, Store())
    bars = path.bars(np.arange(3), FIRST, LAST)
    rows = rows_of(*narrow.codes)
    for name in FIELDS:
        assert np.array_equal(getattr(bars, name), getattr(whole, name)[rows])


def test_bytes_are_the_recorded_ones():
    rows = rows_of("005930", "000660", "247540", "069500", "252670", "57MXTL")
    assert digest(new_path().bars(rows, -20, 20)) == "b4b6d331698f19d6"
    assert digest(new_path().bars(rows[:3], -1500, -1490)) == "3c6cf1ebba72eb40"


def test_another_seed_gives_another_path(whole):
    other = load_universe(MarketConfig(symbols=("005930",)), SEED + 1)
    bars = DailyPath(other, CALENDAR, SEED + 1, Store()).bars(np.array([0]), -50, -1)
    row = rows_of("005930")
    assert not np.array_equal(bars.close, whole.close[row, -FIRST - 50 : -FIRST])


def test_fund_price_stays_near_its_value(whole):
    funds = np.flatnonzero(UNIVERSE.product == Product.FUND)
    values = new_path().net_asset_values(funds, -40, 40)
    closes = whole.close[funds, -FIRST - 40 : -FIRST + 41]
    expensive = closes.min(axis=1) > 2_000
    assert np.abs(closes * 100 / values - 1)[expensive].max() < 0.006
    shares = rows_of("005930")
    assert not new_path().net_asset_values(shares, 0, 0).any()


def test_index_fund_follows_the_members_of_its_index(whole):
    members = np.flatnonzero([each.kospi200 for each in UNIVERSE.instruments])
    shares = UNIVERSE.shares[members][:, None]
    index = (whole.close[members] * shares).sum(axis=0) / (whole.base[members] * shares).sum(axis=0)
    row = UNIVERSE.index("069500")
    fund = whole.close[row] / whole.base[row]
    assert np.corrcoef(index, fund)[0, 1] > 0.99


def test_sessions_outside_the_calendar_are_refused():
    for first, last in ((CALENDAR.first_index - 1, 0), (0, CALENDAR.last_index + 1), (2, 1)):
        with pytest.raises(ValueError, match="calendar"):
            new_path().bars(ALL[:1], first, last)


def test_whole_market_asks_for_time_when_the_store_is_cooperative(whole):
    store = Store()
    store.cooperative = True
    path = new_path(store)
    for _ in range(5):
        try:
            bars = path.bars(ALL, 1, 3)
            break
        except NotReady as missing:
            missing.build()
    assert np.array_equal(bars.close, whole.close[:, 301:304])


def test_a_long_way_back_is_for_a_worker() -> None:
    store = Store()
    store.cooperative = True
    path, row = DailyPath(UNIVERSE, CALENDAR, 7, store), np.array([0])
    assert path.bars(row, -60, 0).close.shape == (1, 61)
    with pytest.raises(NotReady) as caught:
        path.bars(row, -900, 0)
    caught.value.build()
    held = len(store)
    found = path.bars(row, -900, 0)
    assert len(store) == held
    assert (found.close == DailyPath(UNIVERSE, CALENDAR, 7, Store()).bars(row, -900, 0).close).all()
