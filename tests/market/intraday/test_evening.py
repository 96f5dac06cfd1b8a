"""Check the trades of an evening: only elsewhere, within the limits, towards their goal."""

from functools import cache

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.alterations import Evening
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.intraday.evening import evening_prints
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.views.trading import Matching

DAY = 20_535
CODE, OTHER, NOWHERE = "005930", "000660", "069500"
ELSEWHERE = (Venue.NXT, Venue.ALL)


def at(hour: int, minute: int = 0, second: int = 0) -> int:
    return moment(DAY, clock_ms(hour, minute, second))


def market(change_bps: int = 400, for_ms: int = 1_800_000) -> Market:
    made = Market(MarketConfig(symbols=(CODE, OTHER, NOWHERE)), seed=5, start_day=DAY)
    made.incidents.after_market(CODE, at(15, 40), change_bps, for_ms)
    return made


@cache
def bare() -> Market:
    return Market(MarketConfig(symbols=(CODE, OTHER, NOWHERE)), seed=5, start_day=DAY)


def test_the_exchange_and_its_next_base_know_nothing_of_it() -> None:
    made = market()
    for time in (at(15, 35), at(17), at(23), moment(DAY + 1, clock_ms(10))):
        assert made.quote(CODE, time) == bare().quote(CODE, time)
        assert made.book(CODE, time) == bare().book(CODE, time)
    for venue in ELSEWHERE:
        assert made.quote(CODE, at(15, 39), venue) == bare().quote(CODE, at(15, 39), venue)
        assert made.quote(OTHER, at(17), venue) == bare().quote(OTHER, at(17), venue)


@pytest.mark.parametrize("venue", ELSEWHERE)
@pytest.mark.parametrize("change_bps", [400, -400])
def test_the_price_goes_where_it_has_to(venue: Venue, change_bps: int) -> None:
    made = market(change_bps)
    close = made.quote(CODE, at(17)).last
    goal = close * (10_000 + change_bps) // 10_000
    quote = made.quote(CODE, at(17), venue)
    assert abs(quote.last - goal) <= 1_000
    halfway = made.quote(CODE, at(15, 55), venue).last
    assert min(close, goal) - 1_000 <= halfway <= max(close, goal) + 1_000
    assert quote.volume > made.quote(CODE, at(15, 39), venue).volume
    assert made.quote(CODE, at(20), venue).last == quote.last


@pytest.mark.parametrize("venue", ELSEWHERE)
def test_trades_quotes_and_books_agree_all_evening(venue: Venue) -> None:
    made = market()
    trades = made.trades(CODE, at(15, 40), at(16, 10), venue)
    assert len(trades) > 300
    assert made.book_changes(CODE, at(15, 40), at(16, 10), venue) == trades.time.tolist()
    for row in (0, 1, 57, len(trades) - 1):
        time = int(trades.time[row])
        quote, book = made.quote(CODE, time, venue), made.book(CODE, time, venue)
        assert (quote.last, quote.volume) == (int(trades.price[row]), int(trades.volume[row]))
        assert (book.last, book.volume, book.time_ms) == (quote.last, quote.volume, time)
        best = book.asks[0].price, book.bids[0].price
        assert best == (quote.ask, quote.bid) == (int(trades.ask[row]), int(trades.bid[row]))
        assert quote.last in best
        assert all(level.quantity > 0 for level in (*book.asks[:3], *book.bids[:3]))


def test_limits_hold_and_prices_stay_on_their_grid() -> None:
    made = market(9_000)
    trades, quote = made.trades(CODE, at(15, 40), at(17), Venue.NXT), made.quote(CODE, at(17))
    assert int(trades.price.max()) == quote.upper_limit
    assert (trades.price % 500 == 0).all()


def test_orders_may_meet_the_evening_while_it_lasts() -> None:
    made = market()
    assert made.trading(CODE, at(15, 50), Venue.NXT).matching is Matching.CONTINUOUS
    assert made.trading(CODE, at(15, 50), Venue.KRX).matching is Matching.CLOSED
    assert made.trading(CODE, at(16, 20), Venue.NXT).matching is Matching.CLOSED


def test_an_evening_starts_from_where_the_one_before_arrived() -> None:
    made = market(400, 600_000)
    made.incidents.after_market(CODE, at(16), -100, 600_000)
    before = made.quote(CODE, at(15, 59), Venue.NXT).last
    first = made.trades(CODE, at(16), at(16, 1), Venue.NXT).price[0]
    assert abs(int(first) - before) <= 1_000
    assert made.quote(CODE, at(17), Venue.NXT).last < before


@pytest.mark.parametrize(
    ("code", "time", "reason"),
    [
        (CODE, at(15, 45), "already"),
        (NOWHERE, at(15, 45), "not traded on the alternative venue"),
        (OTHER, at(15, 39), "outside the after-market"),
        (OTHER, at(20), "outside the after-market"),
        (OTHER, moment(DAY + 5, clock_ms(16)), "not on a session"),
        ("999999", at(16), "unknown symbol"),
    ],
)
def test_an_evening_that_cannot_be_says_why(code: str, time: int, reason: str) -> None:
    made = market()
    with pytest.raises(ValueError, match=reason):
        made.incidents.after_market(code, time, 100)


def test_no_events_make_no_trades() -> None:
    frame = bare()._days.symbol_day(CODE, DAY).frame
    assert len(evening_prints(frame, 70_000, 1, []).time) == 0
    empty = evening_prints(frame, 70_000, 1, [Evening(at(16), at(16), 1_000_000)])
    assert len(empty.time) <= 1
