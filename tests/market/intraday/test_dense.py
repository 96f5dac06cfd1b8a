"""A denser tape is the same path in finer pieces."""

import numpy as np
import pytest

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Venue
from tests.market.markets import RUN_DAY, at, open_market
from tests.market.test_market import check_prices_are_legal, check_views_agree

CODE = "005930"
FROM, TO = at(10), at(10, 5)


@pytest.fixture(scope="module")
def markets() -> tuple[Market, Market]:
    made, bare = open_market(), open_market()
    made.densities.set(FROM - 1, Rate(200))
    made.densities.set(TO - 1, None)
    return made, bare


def test_seconds_have_as_many_trades_as_wanted(markets: tuple[Market, Market]) -> None:
    made, bare = (each.trades(CODE, FROM, TO) for each in markets)
    seconds, counts = np.unique(made.time // 1_000, return_counts=True)
    plain = {second: int((bare.time // 1_000 == second).sum()) for second in seconds.tolist()}
    room = {s: int(bare.quantity[bare.time // 1_000 == s].sum()) for s in seconds.tolist()}
    for second, count in zip(seconds.tolist(), counts.tolist(), strict=True):
        assert count == max(plain[second], min(200, room[second]))
    assert len(made) > 5 * len(bare)
    assert made.quantity.min() >= 1


def test_nothing_but_the_number_of_trades_differs(markets: tuple[Market, Market]) -> None:
    made, bare = markets
    for now in (at(9, 59), at(10, 2, 33, 500), at(10, 4, 59, 999), at(10, 7), at(15, 45)):
        ours, theirs = made.quote(CODE, now), bare.quote(CODE, now)
        for name in ("last", "high", "low", "open", "volume", "turnover", "ask", "bid",
                     "buy_volume", "sell_volume", "high_time_ms", "low_time_ms"):  # fmt: skip
            assert getattr(ours, name) == getattr(theirs, name), name
        minutes = made.minutes(CODE, now, 1, 50), bare.minutes(CODE, now, 1, 50)
        for name in minutes[0].__struct_fields__:
            assert np.array_equal(*(getattr(each, name) for each in minutes)), name
        assert made.snapshot(now).volume.tolist() == bare.snapshot(now).volume.tolist()
        check_views_agree(made, CODE, now)
        check_prices_are_legal(made, CODE, now)
    outside = made.trades(CODE, at(9), FROM - 1), bare.trades(CODE, at(9), FROM - 1)
    assert np.array_equal(outside[0].quantity, outside[1].quantity)
    assert made.quote(CODE, at(11)).buy_count > bare.quote(CODE, at(11)).buy_count
    assert len(made.tick_candles(CODE, at(10, 6), 1, 5_000)) == 5_000


def test_a_rate_below_the_usual_changes_nothing() -> None:
    made, bare = open_market(), open_market()
    made.densities.set(FROM - 1, Rate(1, 60_000))
    ours, theirs = (each.trades(CODE, FROM, TO) for each in (made, bare))
    assert np.array_equal(ours.time, theirs.time)


def test_auctions_are_not_divided_and_events_go_on() -> None:
    made = open_market()
    made.densities.set(at(8), Rate(50))
    made.incidents.interrupt(CODE, at(10), "dynamic", up=True)
    trades = made.trades(CODE, at(8), at(23))
    assert int((trades.side == 0).sum()) == 3
    for now in (at(10, 1), at(10, 5)):
        check_views_agree(made, CODE, now)
    echoed = made.trades(CODE, at(10, 10), at(10, 11), Venue.NXT)
    assert echoed.quantity.min() >= 1
    assert made.trades(CODE, at(9), at(15), Venue.ALL).volume[-1] > trades.volume[-1] // 2
    assert made.quote(CODE, at(12, on=RUN_DAY + 1)).volume > 0
