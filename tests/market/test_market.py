"""All views of the market agree with each other at any time, with and without events."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, moment
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Candles, Venue
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.rules.ticks import round_to_tick
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.market.views.candles import join_candles, minutes_of, periods_of
from tests.market.markets import (
    RUN_DAY,
    START,
    at,
    codes,
    is_listed,
    moments,
    open_market,
    shared_market,
)

ROOT = Path(__file__).parents[2]


def tables(market: Market, code: str, day: int) -> int:
    position = market.universe.index(code)
    assert position is not None
    return int(market.universe.tick_tables(day)[position])


def check_views_agree(market: Market, code: str, now: int) -> None:
    """Compare quote, trades, book, candles and snapshot of one symbol at one instant."""
    day = market.calendar.latest(day_of(now))
    quote = market.quote(code, now)
    book = market.book(code, now)
    newest = market.last_trades(code, now, 1)
    whole = market.trades(code, moment(day) - 1, min(now, moment(day + 1) - 1))
    assert (quote.ask, quote.bid) == (book.asks[0].price, book.bids[0].price)
    assert quote.volume == whole.quantity.sum()
    assert len(newest) == min(len(whole), 1)
    candle = market.days(code, now, day, 1, adjusted=False)
    if len(newest):
        assert quote.last == newest.price[-1] == whole.price[-1] == book.last
        assert quote.last == market.minutes(code, now, 1, 1).close[-1]
        assert quote.last == market.tick_candles(code, now, 1, 1).close[-1]
        assert quote.time_ms == whole.time[-1]
        assert (quote.high, quote.low) == (whole.price.max(), whole.price.min())
        assert quote.open == whole.price[0]
        assert quote.high_time_ms == whole.time[whole.price.argmax()]
        assert quote.low_time_ms == whole.time[whole.price.argmin()]
        row = [int(getattr(candle, name)[-1]) for name in ("open", "high", "low", "close")]
        assert row == [quote.open, quote.high, quote.low, quote.last]
        assert (candle.volume[-1], candle.turnover[-1]) == (quote.volume, quote.turnover)
        assert quote.buy_volume == whole.quantity[whole.side > 0].sum()
        assert quote.sell_count == (whole.side < 0).sum()
    else:
        assert (quote.last, quote.time_ms, quote.high) == (quote.base, None, 0)
    second = now // 1_000 * 1_000
    shown, then = market.snapshot(now, [code]), market.quote(code, second)
    assert shown.last.tolist() == [then.last]
    assert shown.volume.tolist() == [then.volume]
    assert (shown.high[0], shown.low[0]) == (then.high, then.low)
    assert (shown.base[0], shown.upper[0]) == (quote.base, quote.upper_limit)


def check_prices_are_legal(market: Market, code: str, now: int) -> None:
    """Look for prices off the grid, outside the limits, or a crossed book."""
    day = market.calendar.latest(day_of(now))
    table, quote = tables(market, code, day), market.quote(code, now)
    whole = market.trades(code, moment(day) - 1, now)
    for prices in (whole.price, whole.ask[whole.ask > 0], whole.bid[whole.bid > 0]):
        assert (round_to_tick(prices, table) == prices).all()
        assert (prices >= quote.lower_limit).all()
        assert (prices <= quote.upper_limit).all()
    both = (whole.ask > 0) & (whole.bid > 0)
    assert (whole.bid[both] < whole.ask[both]).all()
    assert ((whole.price == whole.ask) | (whole.price == whole.bid)).all()


@given(code=codes(), now=moments())
def test_views_agree(code: str, now: int) -> None:
    assume(is_listed(code, now))
    check_views_agree(shared_market(), code, now)
    check_prices_are_legal(shared_market(), code, now)


@given(code=codes(), now=moments(), size=st.sampled_from([3, 10, 60]))
def test_trades_add_up_to_seconds_minutes_and_days(code: str, now: int, size: int) -> None:
    assume(is_listed(code, now))
    market = shared_market()
    day = market.calendar.latest(day_of(now))
    end = moment(day + 1) - 1
    trades = market.trades(code, moment(day) - 1, end)
    minutes = market.minutes(code, end, 1, 400)
    minutes = cut(minutes, moment(day))
    for row, time in enumerate(minutes.time.tolist()):
        inside = (trades.time >= time) & (trades.time < time + MS_PER_MINUTE)
        price, amount = trades.price[inside], trades.quantity[inside]
        found = (price[0], price.max(), price.min(), price[-1], amount.sum())
        names = ("open", "high", "low", "close", "volume")
        assert found == tuple(getattr(minutes, name)[row] for name in names)
    (total,) = market.days(code, end, day, 1).volume.tolist()
    assert total == trades.quantity.sum() == minutes.volume.sum()
    assert minutes.turnover.sum() == market.days(code, end, day, 1).turnover[0]
    if len(minutes):
        assert minutes.high.max() == market.days(code, end, day, 1).high[0]
        merged = cut(market.minutes(code, end, size, 400), moment(day))
        opening = moment(day, session_times(market.calendar, day).open_ms)
        assert (merged.high == minutes_of(minutes, size, opening).high).all()
        assert merged.volume.sum() == total
        assert merged.close[-1] == minutes.close[-1]


def cut(candles: Candles, start: int) -> Candles:
    keep = candles.time >= start
    return Candles(**{name: getattr(candles, name)[keep] for name in candles.__struct_fields__})


@pytest.mark.parametrize("period", ["week", "month", "year"])
def test_days_add_up_to_longer_periods(period: str) -> None:
    market = shared_market()
    now = at(11)
    days = market.days("005930", now, RUN_DAY, 700)
    merged = periods_of(days, period)
    asked = market.periods("005930", now, RUN_DAY, len(merged) - 1, period)
    assert len(asked) == len(merged) - 1
    for name in Candles.__struct_fields__:
        assert (getattr(asked, name) == getattr(merged, name)[1:]).all()
    assert asked.close[-1] == market.quote("005930", now).last


@given(now=moments(), size=st.sampled_from([1, 7, 30]), pages=st.integers(1, 3))
def test_pages_of_minutes_join_to_the_whole(now: int, size: int, pages: int) -> None:
    market = shared_market()
    whole = market.minutes("005930", now, size, 40 * pages)
    before: int | None = None
    found: list[Candles] = []
    for _ in range(pages):
        page = market.minutes("005930", now, size, 40, before)
        found.insert(0, page)
        before = int(page.time[0])
    joined = join_candles(found)
    for name in Candles.__struct_fields__:
        assert (getattr(joined, name) == getattr(whole, name)).all()


def test_tick_candles_hold_the_trades_in_order() -> None:
    market, now = shared_market(), at(13, 30, 2)
    trades = market.trades("005930", moment(RUN_DAY), now)
    candles = market.tick_candles("005930", now, 30, 900)
    today = candles.time >= moment(RUN_DAY)
    count = -(-len(trades) // 30)
    wanted = [trades.price[30 * n : 30 * n + 30] for n in range(count)][-900:]
    assert candles.close[today][-len(wanted) :].tolist() == [int(each[-1]) for each in wanted]
    assert candles.high[today][-len(wanted) :].tolist() == [int(each.max()) for each in wanted]
    earlier = market.tick_candles("005930", now, 30, 10, int(candles.time[-1]))
    assert (earlier.close == candles.close[-11:-1]).all()


def answers(market: Market, order: list[int]) -> dict[int, object]:
    """Return the answers to a fixed list of questions, asked in some order."""
    now = at(10, 31, 7, 455)
    questions: list[Callable[[], object]] = [
        partial(market.quote, "005930", now),
        partial(market.book, "247540", now),
        partial(market.trades, "005930", now - 90_000, now),
        partial(market.minutes, "069500", now, 1, 500),
        partial(market.days, "247540", now, RUN_DAY, 300),
        partial(market.snapshot, now),
        partial(market.tick_candles, "247540", now, 5, 100),
        partial(market.book_changes, "005930", now - 10_000, now),
        partial(market.quote, "005930", now - 3_600_000),
        partial(market.last_trades, "069500", now, 50),
    ]
    return {number: plain(questions[number]()) for number in order}


def plain(value: object) -> object:
    """Return a value in which arrays are lists, so that it can be compared."""
    if isinstance(value, Struct):
        columns = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {
            name: column.tolist() if isinstance(column, np.ndarray) else column
            for name, column in columns
        }
    return value


def test_answers_do_not_depend_on_the_order_of_questions() -> None:
    wanted = answers(open_market(), list(range(10)))
    for seed in range(3):
        order = list(range(10))
        Random(seed).shuffle(order)
        found = answers(open_market(), order)
        assert all(found[number] == wanted[number] for number in order)
    assert answers(open_market(seed=8), [0])[0] != wanted[0]


DIGEST = """
from hashlib import sha256
from tests.market.test_market import answers
from tests.market.markets import open_market
print(sha256(repr(answers(open_market(), list(range(10)))).encode()).hexdigest())
"""


def test_answers_are_the_same_in_any_process_and_time_zone() -> None:
    digests = set()
    for hash_seed, zone in (("1", "UTC"), ("2", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            capture_output=True, check=True, cwd=ROOT, env=environment, text=True,
        )  # fmt: skip
        digests.add(done.stdout)
    assert len(digests) == 1


def test_other_symbols_do_not_matter() -> None:
    now = at(10, 31, 7)
    alone = open_market(codes=("005930",))
    assert alone.quote("005930", now) == shared_market().quote("005930", now)
    assert alone.book("005930", now) == shared_market().book("005930", now)


def test_prefetch_raises_until_built_and_then_nothing_is_missing() -> None:
    market = open_market()
    market.store.cooperative = True
    now = at(10, 31)
    with pytest.raises(NotReady) as caught:
        market.prefetch(["005930", "247540"], now - 1_000, now)
    caught.value.build()
    market.prefetch(["005930", "247540"], now - 1_000, now)
    with pytest.raises(NotReady) as caught:
        market.prefetch([], now, now)
    missing: NotReady | None = caught.value
    while missing is not None:
        missing.build()
        missing = still_missing(market, now)
    assert len(market.snapshot(now).last) == len(market.universe)
    market.store.cooperative = False
    market.prefetch(["069500"], now - 1_000, now)


def still_missing(market: Market, now: int) -> NotReady | None:
    try:
        market.prefetch([], now, now)
    except NotReady as missing:
        return missing
    return None


def test_unknown_symbols_and_venues() -> None:
    market = shared_market()
    with pytest.raises(KeyError):
        market.quote("999999", at(10))
    assert market.quote("005930", at(10), Venue.KRX) == market.quote("005930", at(10))
    assert market.listed_shares("005930", START) == market.universe.shares[0]


def test_on_a_holiday_the_session_before_shows() -> None:
    market = shared_market()
    sunday = moment(RUN_DAY - 2, 10 * 3_600_000)
    friday = RUN_DAY - 4
    assert market.quote("005930", sunday).day == friday
    closing = market.days("005930", sunday, friday, 1)
    assert market.quote("005930", sunday).last == closing.close[-1]
    assert market.snapshot(sunday, ["005930"]).last.tolist() == closing.close.tolist()
    assert np.array_equal(market.snapshot(sunday).volume, market.snapshot(sunday + 1_000).volume)
