from typing import Any

from kiwoom_sim.core.clock import MS_PER_MINUTE
from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.pushes import BookPush, QuotePush, StockPush
from kiwoom_sim.protocol.stock_feed import StockFeed
from tests.protocol.still_market import DAY, StillMarket, at

SAMSUNG = "005930"


def feed(market: StillMarket, code: str = SAMSUNG, venue: Venue = Venue.KRX) -> StockFeed:
    position = market.universe.index(code)
    assert position is not None
    whole: Any = market
    return StockFeed(whole, market.universe.instruments[position], venue, DAY)


def said(market: StillMarket, kind: str, start: int, end: int, **more: Any) -> list[Any]:
    return [make() for _, make in feed(market, **more).plan(kind, start, end)]


def test_every_trade_is_said_with_the_day_so_far() -> None:
    times = [at(9, 0, 5), at(9, 0, 30), at(9, 0, 30), at(9, 2)]
    market = StillMarket({SAMSUNG: times}, {})
    pushes = said(market, "0B", at(9), at(9, 1))
    assert [push.time_ms for push in pushes] == times[:3]
    assert all(isinstance(push, StockPush) for push in pushes)
    assert [push.last for push in pushes] == [70_000, 70_100, 70_200]
    assert [push.volume for push in pushes] == [1, 2, 3]
    assert {push.day.open_time_ms for push in pushes} == {times[0]}
    later = said(market, "0B", at(9, 1), at(9, 3))
    assert [push.day.open_time_ms for push in later] == [times[0]]


def test_extremes_carry_the_time_they_were_first_reached() -> None:
    times = [at(9, 0, second) for second in range(5)]
    pushes = said(StillMarket({SAMSUNG: times}, {}), "0B", at(9), at(9, 1))
    assert [push.high_time_ms for push in pushes] == times
    assert {push.low_time_ms for push in pushes} == {times[0]}
    assert [push.upper_limit_time_ms for push in pushes] == [None, None, None, times[3], None]


def test_a_late_first_trade_is_found_again() -> None:
    market = StillMarket({SAMSUNG: [at(11, 5, 30), at(13)]}, {})
    (push,) = said(market, "0B", at(13), at(13, 1))
    assert push.day.open_time_ms == at(11, 5, 30)


def test_trades_name_their_part_of_the_day() -> None:
    market = StillMarket({SAMSUNG: [at(8, 40), at(15, 30, 5), at(15, 50)]}, {})
    pushes = said(market, "0B", at(8), at(18))
    assert [push.session for push in pushes] == ["1", "2", "3"]


def test_every_book_state_is_said() -> None:
    times = [at(10, 0, second) for second in range(4)]
    market = StillMarket({}, {SAMSUNG: times})
    pushes = said(market, "0D", at(10), at(10, 1))
    assert [push.time_ms for push in pushes] == times
    assert all(isinstance(push, BookPush) for push in pushes)
    assert pushes[0].krx_ask_total == 100
    assert pushes[0].nxt_ask_total == 0


def test_venues_fill_their_own_part_of_the_book() -> None:
    market = StillMarket({}, {SAMSUNG: [at(10)]})
    (alternative,) = said(market, "0D", at(10), at(10, 1), venue=Venue.NXT)
    assert (alternative.krx_ask_total, alternative.nxt_ask_total) == (0, 100)
    (both,) = said(market, "0D", at(10), at(10, 1), venue=Venue.ALL)
    assert (both.krx_ask_total, both.nxt_ask_total) == (100, 100)


def test_only_changed_best_quotes_are_said() -> None:
    times = [at(10, 0, second) for second in range(4)]
    market = StillMarket({}, {SAMSUNG: times})
    pushes = said(market, "0C", at(10), at(10, 1))
    assert [push is not None for push in pushes] == [False, True, False, True]
    best = [(push.ask, push.bid) for push in pushes if isinstance(push, QuotePush)]
    assert best == [(70_200, 70_100), (70_300, 70_200)]


def test_a_still_price_is_said_when_the_close_is_confirmed() -> None:
    market = StillMarket({SAMSUNG: [at(9, 0, 5), at(14)]}, {})
    opened, closed = said(market, "0A", at(8), at(18))
    assert opened is None
    assert (closed.time_ms, closed.last, closed.quantity) == (at(15, 30, 30), 70_100, 0)
    untraded, _ = said(StillMarket({}, {}), "0A", at(8), at(18))
    assert (untraded.time_ms, untraded.last) == (at(9, 0, 30), 70_000)


def test_stretches_join_without_gap_or_overlap() -> None:
    times = [at(9, minute) for minute in range(5)]
    market = StillMarket({SAMSUNG: times}, {SAMSUNG: times})
    for kind in ("0B", "0D"):
        pieces = [
            due
            for start in range(at(9), at(9, 5), MS_PER_MINUTE)
            for due, _ in feed(market).plan(kind, start, start + MS_PER_MINUTE)
        ]
        assert pieces == times
