"""The alternative venue echoes the exchange, and both together are the sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.intraday.venues import book_share, inside
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Venue
from tests.market.markets import RUN_DAY, at, day, open_market, shared_market

CODE = "247540"
ETF = "069500"


def check(market: Market, now: int) -> None:
    whole = {venue: market.trades(CODE, moment(RUN_DAY), now, venue) for venue in Venue}
    quotes = {venue: market.quote(CODE, now, venue) for venue in Venue}
    books = {venue: market.book(CODE, now, venue) for venue in Venue}
    for venue in Venue:
        assert quotes[venue].volume == whole[venue].quantity.sum()
        if quotes[venue].volume:
            assert quotes[venue].last == whole[venue].price[-1] == books[venue].last
        ask, bid = quotes[venue].ask, quotes[venue].bid
        assert (ask, bid) == (books[venue].asks[0].price, books[venue].bids[0].price)
        assert not (ask and bid) or bid < ask
    assert quotes[Venue.ALL].volume == quotes[Venue.KRX].volume + quotes[Venue.NXT].volume
    assert quotes[Venue.ALL].last == quotes[Venue.KRX].last


@given(now=st.integers(at(8), at(16)))
def test_both_venues_together_are_the_sum(now: int) -> None:
    check(shared_market(), now)


def test_the_alternative_venue_takes_a_fair_share_of_the_main_session() -> None:
    market = shared_market()
    nxt = market.trades(CODE, at(8), at(20), Venue.NXT)
    krx = market.trades(CODE, at(9, 0, 30), at(15, 20))
    assert nxt.time[0] >= at(9, 0, 30)
    assert nxt.time[-1] < at(15, 20)
    assert 0.2 < nxt.quantity.sum() / krx.quantity.sum() < 0.36
    assert set(nxt.time.tolist()) <= set(krx.time.tolist())


def test_books_add_up_level_by_level() -> None:
    market, now = shared_market(), at(10, 3, 7)
    krx, nxt, both = (market.book(CODE, now, venue) for venue in Venue)
    for ours, theirs, total in zip(krx.asks, nxt.asks, both.asks, strict=True):
        assert ours.price == theirs.price == total.price
        assert ours.quantity + theirs.quantity == total.quantity
    assert both.bid_total == krx.bid_total + nxt.bid_total
    assert market.book(CODE, at(9), Venue.ALL).ask_total == market.book(CODE, at(9)).ask_total


def test_the_alternative_venue_stands_still_outside_its_session() -> None:
    market = shared_market()
    assert market.book_changes(CODE, at(15, 20), at(15, 40), Venue.NXT) == []
    evening, close = (market.book(CODE, at(*time), Venue.NXT) for time in ((19,), (15, 19, 59)))
    assert evening.asks[0].price == close.asks[0].price
    morning = market.book(CODE, at(8, 40), Venue.NXT)
    assert morning.time_ms < moment(RUN_DAY)
    assert (morning.volume, morning.expected_price) == (0, 0)


@pytest.mark.parametrize("code", [ETF, CODE])
def test_without_the_venue_the_exchange_is_all_there_is(code: str) -> None:
    market = open_market()
    now = at(11) if code == ETF else at(11, on=day("20230125"))
    assert market.quote(code, now, Venue.ALL) == market.quote(code, now)
    assert market.quote(code, now, Venue.NXT).volume == 0
    assert market.book(code, now, Venue.NXT).ask_total == 0
    assert market.book_changes(code, now - 60_000, now, Venue.NXT) == []


def test_a_halt_stops_both_venues() -> None:
    market = open_market()
    market.overlay.halt(CODE, at(10))
    assert len(market.trades(CODE, at(10), at(15), Venue.NXT)) == 0
    check(market, at(11))


def test_small_parts() -> None:
    frame = shared_market()._days.symbol_day(CODE, RUN_DAY).frame
    assert 20 <= book_share(frame) < 36
    assert inside([1, 2, 3], (2, 3)) == [2]
    assert inside([1, 2, 3], None) == []
