"""Orders outside the regular session and on other venues live as their tables say."""

import pytest

from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.market.records import Venue
from tests.exchange.making import CODE
from tests.exchange.stage import Stage, stage_at, steps
from tests.market.markets import at, day, open_market, shared_market

BUY, SELL = Side.BUY, Side.SELL
BOTH = pytest.mark.parametrize("side", list(Side))


@pytest.mark.parametrize(
    ("hour", "minute", "code", "when"),
    [
        (8, 31, "61", at(8, 31)),
        (15, 35, "81", at(15, 40)),
        (15, 45, "81", at(15, 45)),
        (16, 0, "62", at(16, 10)),
        (16, 10, "62", at(16, 20)),
        (17, 55, "62", at(18)),
    ],
)
@BOTH
def test_off_hours_orders_trade_at_the_closing_price(
    side: Side, hour: int, minute: int, code: str, when: int
) -> None:
    stage = stage_at(hour, minute)
    close = stage.market.quote(CODE, stage.now).last
    _, happened = stage.enter(side, 10, close if code == "62" else None, code)
    happened += stage.until(at(18, 30))
    assert happened == [(when, "filled", 1, 10, close)]


def test_off_hours_orders_that_find_nobody_lapse_with_their_window() -> None:
    market = open_market()
    stage = stage_at(15, 40, market=market)
    close = market.quote(CODE, stage.now).last
    market.overlay.halt(CODE, at(15, 39))
    stage.enter(BUY, 10, type_code="81")
    assert stage.until(at(16)) == [(at(16), "expired", 1, 10, 0)]
    market.overlay.resume(CODE, at(16))
    stage.enter(BUY, 10, steps(close, -1), "62")
    assert stage.until(at(19)) == [(at(18, 0, 0, 1), "expired", 2, 10, 0)]


def test_at_a_limit_nobody_sells_after_the_close() -> None:
    market = open_market()
    market.incidents.limit_lock(CODE, at(13), up=True)
    stage = stage_at(15, 40, market=market)
    assert stage.enter(BUY, 10, type_code="81")[1] == []
    assert stage.enter(SELL, 10, type_code="81")[1][0][1] == "filled"
    assert stage.until(at(17)) == [(at(16), "expired", 1, 10, 0)]


def test_the_alternative_venue_trades_closing_price_orders_at_the_exchanges_close() -> None:
    stage = Stage(shared_market(), at(15, 50), "247540")
    close, elsewhere = (
        stage.market.quote("247540", stage.now, venue).last for venue in (Venue.KRX, Venue.NXT)
    )
    assert close != elsewhere
    _, happened = stage.enter(BUY, 10, type_code="81", to=Destination.NXT)
    assert happened == [(at(15, 50), "filled", 1, 10, close)]


# Venues and the end of the day


@pytest.mark.parametrize("to", [Destination.NXT, Destination.SOR])
def test_orders_elsewhere_live_until_the_evening(to: Destination) -> None:
    stage = stage_at(15, 10)
    lower = stage.market.quote(CODE, stage.now).lower_limit
    order, _ = stage.enter(BUY, 10, lower, to=to)
    assert order.lapses_ms == at(20)
    assert stage.until(at(21)) == [(at(20), "expired", 1, 10, 0)]


def test_a_symbol_that_only_the_exchange_trades_lapses_with_it() -> None:
    stage = Stage(shared_market(), at(15, 10), "069500")
    lower = stage.market.quote("069500", stage.now).lower_limit
    order, _ = stage.enter(BUY, 10, lower, to=Destination.SOR)
    assert at(15, 30) <= order.lapses_ms < at(15, 30, 30)


def test_the_alternative_venue_has_its_own_trades_and_stops_for_the_closing_auction() -> None:
    stage = stage_at(15, 19, 50)
    depth = stage.market.book(CODE, stage.now, Venue.NXT).asks[0]
    assert stage.enter(BUY, 5, type_code="16", to=Destination.NXT)[1][0][3:] == (5, depth.price)
    stage.until(at(15, 25))
    upper = stage.market.quote(CODE, stage.now).upper_limit
    assert stage.enter(BUY, 5, upper, to=Destination.NXT)[1] == []
    assert stage.until(at(19, 59)) == []


def test_smart_routing_sees_the_depth_of_both_venues() -> None:
    stage = stage_at(10)
    krx, both = (stage.market.book(CODE, at(10), venue).asks[0] for venue in (Venue.KRX, Venue.ALL))
    assert both.quantity > krx.quantity
    _, happened = stage.enter(BUY, both.quantity, both.price, "20", Destination.SOR)
    assert happened == [(at(10), "filled", 1, both.quantity, both.price)]


def test_orders_of_the_exchanges_after_market_lapse_in_the_evening() -> None:
    late = day("20260915")
    stage = Stage(shared_market(), at(17, on=late))
    last = stage.market.quote(CODE, stage.now).last
    order, happened = stage.enter(BUY, 10, last)
    assert (happened, order.lapses_ms) == ([], at(20, on=late))
    assert stage.until(at(20, on=late)) == [(at(20, on=late), "expired", 1, 10, 0)]
