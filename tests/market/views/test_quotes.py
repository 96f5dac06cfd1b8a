"""A quote tells the day so far; the rest is proved in `test_market`."""

from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.views.quotes import quote_at
from tests.market.markets import RUN_DAY, at, shared_market


def test_before_the_first_trade_only_the_base_is_known() -> None:
    market = shared_market()
    quote = quote_at(market._days, market._books, "005930", at(8, 45), Venue.KRX)
    assert (quote.last, quote.volume, quote.time_ms) == (quote.base, 0, None)
    assert (quote.open, quote.high, quote.low, quote.high_time_ms) == (0, 0, 0, None)
    assert quote.expected_quantity > 0
    assert quote.previous_volume == market.days("005930", at(8, 45), RUN_DAY, 1).volume[0]


def test_after_the_close_the_quote_is_the_day() -> None:
    market = shared_market()
    quote = quote_at(market._days, market._books, "005930", at(19), Venue.KRX)
    candle = market.days("005930", at(19), RUN_DAY, 1)
    assert (quote.last, quote.volume) == (candle.close[0], candle.volume[0])
    assert quote.lower_limit <= quote.low <= quote.high <= quote.upper_limit
    assert (quote.side, quote.expected_price, quote.halted) == (0, 0, False)


def test_both_venues_expect_the_same_auction() -> None:
    market = shared_market()
    krx, nxt, both = (
        quote_at(market._days, market._books, "005930", at(15, 25), venue) for venue in Venue
    )
    assert krx.expected_price == both.expected_price > 0
    assert nxt.expected_price == 0
