"""Every order type lives on a real market day as the exchange's rules have it."""

import pytest

from kiwoom_sim.core.clock import MS_PER_MINUTE, MS_PER_SECOND
from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.exchange.orders import State
from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.views.trading import Matching
from tests.exchange.making import CODE
from tests.exchange.stage import Stage, stage_at, steps
from tests.market.markets import at, open_market

BUY, SELL = Side.BUY, Side.SELL
BOTH = pytest.mark.parametrize("side", list(Side))


# Continuous trading


@BOTH
def test_a_market_order_takes_the_best_price_at_once(side: Side) -> None:
    stage = stage_at(10)
    ask, bid = stage.quotes()
    order, happened = stage.enter(side, 10, type_code="3")
    assert happened == [(at(10), "filled", 1, 10, ask if side is BUY else bid)]
    assert not order.is_open


def test_a_big_market_order_walks_the_levels_and_rests_until_the_next_book() -> None:
    stage = stage_at(10)
    book = stage.market.book(CODE, at(10))
    visible = [(level.price, level.quantity) for level in book.asks]
    order, happened = stage.enter(BUY, sum(q for _, q in visible) + 5, type_code="3")
    assert [(price, quantity) for *_, quantity, price in happened] == visible
    assert (order.open, order.works) == (5, True)
    assert stage.enter(BUY, 1, type_code="13")[1] == [(at(10), "expired", 2, 1, 0)]
    following = stage.market.book_changes(CODE, at(10), at(10, 1))[0]
    best = stage.market.book(CODE, following).asks[0].price
    assert stage.until(at(10, 1))[0] == (following, "filled", 1, 5, best)


@BOTH
def test_a_limit_order_beyond_the_best_price_gets_the_better_one(side: Side) -> None:
    stage = stage_at(10)
    ask, bid = stage.quotes()
    price = steps(ask, 2) if side is BUY else steps(bid, -2)
    _, happened = stage.enter(side, 10, price)
    assert happened == [(at(10), "filled", 1, 10, ask if side is BUY else bid)]


def test_a_resting_order_waits_for_the_shares_before_it_and_trades_at_its_price() -> None:
    stage = stage_at(10)
    side, price = stage.passed(at(10, 20))
    levels = stage.market.book(CODE, at(10))
    best = (levels.bids if side is BUY else levels.asks)[0]
    order, happened = stage.enter(side, 10, price)
    assert (happened, order.ahead) == ([], best.quantity)
    trades = stage.trades(at(10, 20))
    time_ms, _, _, quantity, paid = stage.until(at(10, 20))[0]
    assert (quantity, paid) == (10, price)
    at_price = (trades.price == price) & (trades.side == -side.sign) & (trades.time <= time_ms)
    past = side.sign * (trades.price - price) < 0
    came = side.sign * (trades.ask if side is BUY else trades.bid) <= side.sign * price
    waited = int(trades.quantity[at_price].sum()) >= best.quantity
    assert waited or past[trades.time <= time_ms].any() or came[trades.time <= time_ms].any()
    earlier = trades.time < time_ms
    assert int(trades.quantity[at_price & earlier].sum()) < best.quantity + 10


def test_an_order_never_trades_before_the_market_comes_to_it() -> None:
    stage = stage_at(10)
    trades = stage.trades(at(10, 5))
    lowest = int(trades.price.min())
    order, _ = stage.enter(BUY, 10, steps(lowest, -3))
    assert stage.until(at(10, 5)) == []
    assert order.works


@BOTH
@pytest.mark.parametrize(
    ("code", "own_side"), [("6", False), ("7", True)], ids=["best", "own best"]
)
def test_best_types_take_their_price_from_the_book(side: Side, code: str, own_side: bool) -> None:
    stage = stage_at(10)
    ask, bid = stage.quotes()
    order, happened = stage.enter(side, 10, type_code=code)
    price = bid if (side is BUY) is own_side else ask
    assert order.limit_won == price
    assert bool(happened) is not own_side


def test_what_is_left_of_a_best_order_stays_at_its_price() -> None:
    stage = stage_at(10)
    best = stage.market.book(CODE, at(10)).asks[0]
    order, happened = stage.enter(BUY, best.quantity + 7, type_code="6")
    assert happened == [(at(10), "filled", 1, best.quantity, best.price)]
    assert (order.open, order.limit_won, order.works) == (7, best.price, True)


@pytest.mark.parametrize("code", ["10", "13", "16"])
def test_ioc_takes_what_is_there_and_lapses(code: str) -> None:
    stage = stage_at(10)
    asks = stage.market.book(CODE, at(10)).asks
    price = asks[0].price if code == "10" else None
    there = asks[0].quantity if code != "13" else sum(level.quantity for level in asks)
    order, happened = stage.enter(BUY, there + 3, price, code)
    assert sum(each[3] for each in happened if each[1] == "filled") == there
    assert happened[-1] == (at(10), "expired", 1, 3, 0)
    assert order.state is State.DONE


@pytest.mark.parametrize("code", ["20", "23", "26"])
def test_fok_takes_all_or_nothing(code: str) -> None:
    stage = stage_at(10)
    asks = stage.market.book(CODE, at(10)).asks
    price = asks[0].price if code == "20" else None
    there = asks[0].quantity if code != "23" else sum(level.quantity for level in asks)
    assert stage.enter(BUY, there + 1, price, code)[1] == [(at(10), "expired", 1, there + 1, 0)]
    happened = stage.enter(BUY, there, price, code)[1]
    assert sum(quantity for _, what, _, quantity, _ in happened if what == "filled") == there


@BOTH
def test_a_middle_order_stands_between_the_quotes_and_follows_them(side: Side) -> None:
    stage = stage_at(10)
    ask, bid = stage.quotes()
    order, happened = stage.enter(side, 10, type_code="29")
    assert (happened, order.limit_won) == ([], (ask + bid) // 2)
    for time in stage.market.book_changes(CODE, at(10), at(10, 5)):
        happened += stage.until(time)
        if happened:
            break
        ask, bid = stage.quotes()
        assert order.limit_won == (ask + bid) // 2
    assert [each[1] for each in happened] == ["filled"]
    assert bid <= happened[0][4] <= ask or abs(happened[0][4] * 2 - ask - bid) <= 2_000


def test_a_middle_order_counts_other_clients_limits_and_takes_none_of_the_visible() -> None:
    stage = stage_at(10)
    ask, _ = stage.quotes()
    stage.enter(SELL, 5, ask)
    assert stage.enter(BUY, 10, type_code="30")[1] == [(at(10), "expired", 2, 10, 0)]
    assert stage.enter(BUY, 10, type_code="31")[1] == [(at(10), "expired", 3, 10, 0)]
    resting, _ = stage.enter(BUY, 10, type_code="29")
    price = resting.limit_won
    assert stage.enter(SELL, 4, type_code="30")[1] == [
        (at(10), "filled", 5, 4, price),
        (at(10), "filled", 4, 4, price),
    ]


def test_a_middle_order_without_a_price_waits() -> None:
    market = open_market()
    upper = market.quote(CODE, at(10)).upper_limit
    stage = stage_at(10, market=market)
    order, _ = stage.enter(SELL, 10, type_code="29")
    market.overlay.pin(CODE, at(10), upper, 60_000)
    happened = stage.until(at(10, 0, 30))
    assert [price for *_, price in happened if price < upper * 3 // 4] == []
    assert order.open == 0 or order.limit_won is None
    fresh = stage.enter(BUY, 10, type_code="29")[1]
    assert fresh == [(at(10, 0, 30), "expired", 2, 10, 0)]


@BOTH
def test_a_stop_order_waits_for_its_trigger_and_then_takes_the_book(side: Side) -> None:
    stage = stage_at(10)
    trades = stage.trades(at(12))
    last = stage.market.quote(CODE, at(10)).last
    goal = int(trades.price.max() if side is BUY else trades.price.min())
    assert goal != last
    limit = steps(goal, 8 * side.sign)
    order, happened = stage.enter(side, 10, limit, "28", trigger_won=goal)
    assert (happened, order.state) == ([], State.WAITING)
    first = int(trades.time[(trades.price == goal).argmax()])
    triggered, filled = stage.until(at(12))
    assert triggered == (first, "triggered", 1, 0, 0)
    assert filled[:4] == (first, "filled", 1, 10)
    assert side.sign * (limit - filled[4]) > 0  # it arrives, so it gets the better price


def test_a_stop_order_beyond_its_trigger_works_at_once() -> None:
    stage = stage_at(10)
    ask, _ = stage.quotes()
    last = stage.market.quote(CODE, at(10)).last
    assert stage.enter(BUY, 10, ask, "28", trigger_won=last)[1] == [(at(10), "filled", 1, 10, ask)]


# Clients among themselves


def test_clients_meet_at_the_price_of_who_came_first() -> None:
    stage = stage_at(10)
    ask, bid = stage.quotes()
    middle = (ask + bid) // 2
    assert middle not in {ask, bid}
    stage.enter(SELL, 10, middle)
    stage.enter(SELL, 10, middle)
    _, happened = stage.enter(BUY, 15, ask)
    assert happened == [
        (at(10), "filled", 3, 10, middle),
        (at(10), "filled", 1, 10, middle),
        (at(10), "filled", 3, 5, middle),
        (at(10), "filled", 2, 5, middle),
    ]


def test_clients_who_crossed_in_a_halt_meet_after_it_at_the_price_of_who_came_first() -> None:
    market = open_market()
    market.overlay.halt(CODE, at(10))
    market.overlay.resume(CODE, at(10, 5))
    stage = stage_at(10, 1, market=market)
    ask, bid = stage.quotes()
    middle = (ask + bid) // 2
    stage.enter(SELL, 10, middle)
    assert stage.enter(BUY, 10, middle + 1)[1] == []
    assert stage.until(at(10, 5)) == []
    assert [each[1:] for each in stage.until(at(10, 6))] == [
        ("filled", 1, 10, middle),
        ("filled", 2, 10, middle),
    ]


def test_shares_of_a_level_are_sold_once_while_the_book_stands_still() -> None:
    stage = stage_at(10)
    first, second = stage.market.book(CODE, at(10)).asks[:2]
    assert stage.enter(BUY, first.quantity, first.price)[1][0][3] == first.quantity
    assert stage.enter(BUY, 4, first.price)[1] == []
    assert stage.enter(BUY, 4, type_code="3")[1] == [(at(10), "filled", 3, 4, second.price)]


# Auctions


def test_orders_of_the_opening_auction_trade_at_its_single_price() -> None:
    stage = stage_at(8, 45)
    quote = stage.market.quote(CODE, at(8, 45))
    opening = stage.market.trades(CODE, at(8), at(9, 1))
    price, time_ms = int(opening.price[0]), int(opening.time[0])
    low, high = quote.lower_limit, quote.upper_limit
    stage.enter(BUY, 10, type_code="3")
    stage.enter(BUY, 20, high)
    stage.enter(SELL, 30, low)
    stage.enter(SELL, 40, type_code="3")
    stage.enter(BUY, 50, steps(price, 1))
    away, _ = stage.enter(BUY, 60, low)
    assert stage.until(time_ms - 1) == []
    assert stage.until(time_ms) == [
        (time_ms, "filled", number, number * 10, price) for number in range(1, 6)
    ]
    assert away.open == 60


def test_an_order_at_the_auction_price_stands_behind_what_the_market_left_there() -> None:
    stage = stage_at(8, 45)
    opening = stage.market.trades(CODE, at(8), at(9, 1))
    price, ask, bid, time_ms = (
        int(column[0]) for column in (opening.price, opening.ask, opening.bid, opening.time)
    )
    assert price in {ask, bid}
    behind, served = (SELL, BUY) if price == ask else (BUY, SELL)
    waits, _ = stage.enter(behind, 10, price)
    stage.enter(served, 10, price)
    assert stage.until(time_ms) == [(time_ms, "filled", 2, 10, price)]
    book = stage.market.book(CODE, time_ms)
    left = (book.asks if behind is SELL else book.bids)[0]
    assert (left.price, waits.ahead) == (price, left.quantity)


def test_the_closing_auction_trades_before_the_day_lapses() -> None:
    stage = stage_at(15, 19)
    quote = stage.market.quote(CODE, at(15, 19))
    closing = stage.market.trades(CODE, at(15, 21), at(16))
    price, time_ms = int(closing.price[0]), int(closing.time[0])
    stage.until(at(15, 25))
    stage.enter(BUY, 10, type_code="3")
    stage.enter(BUY, 20, quote.upper_limit)
    stage.enter(SELL, 30, quote.upper_limit)
    assert stage.until(time_ms - 1) == []
    assert stage.until(at(17)) == [
        (time_ms, "filled", 1, 10, price),
        (time_ms, "filled", 2, 20, price),
        (time_ms, "expired", 3, 30, 0),
    ]


def test_a_conditional_order_becomes_a_market_order_in_the_closing_auction() -> None:
    stage = stage_at(15, 15)
    quote = stage.market.quote(CODE, at(15, 15))
    order, _ = stage.enter(BUY, 10, quote.lower_limit, "5")
    closing = stage.market.trades(CODE, at(15, 21), at(16))
    assert stage.until(at(16)) == [
        (at(15, 20), "triggered", 1, 0, 0),
        (int(closing.time[0]), "filled", 1, 10, int(closing.price[0])),
    ]
    assert order.limit_won is None


@BOTH
def test_a_middle_order_has_no_part_in_an_auction(side: Side) -> None:
    stage = stage_at(15, 19, 59)
    stage.now += 990
    assert stage.enter(side, 10, type_code="29")[1] == []
    closing = int(stage.market.trades(CODE, at(15, 21), at(16)).time[0])
    assert stage.until(at(16)) == [(closing, "expired", 1, 10, 0)]


def test_nothing_trades_inside_a_volatility_interruption() -> None:
    market = open_market()
    market.incidents.interrupt("247540", at(10), "static", up=True)
    stage = Stage(market, at(10, 0, 1), "247540")
    quote = market.quote("247540", stage.now)
    prints = market.trades("247540", at(10, 0, 1), at(10, 5))
    auction = prints.side.tolist().index(0)
    time_ms, price = int(prints.time[auction]), int(prints.price[auction])
    assert at(10, 2) <= time_ms <= at(10, 3)
    assert stage.enter(BUY, 10, quote.upper_limit)[1] == []
    assert stage.enter(SELL, 20, type_code="3")[1] == []
    assert stage.until(time_ms - 1) == []
    assert stage.until(time_ms) == [
        (time_ms, "filled", 1, 10, price),
        (time_ms, "filled", 2, 20, price),
    ]


def test_a_circuit_breaker_stops_then_auctions() -> None:
    market = open_market(codes=("005930", "000660", "005380", "069500"))
    market.panics.circuit_breaker("KOSPI", at(10), 1)
    stage = stage_at(10, market=market)
    quote = market.quote(CODE, at(10))
    stage.enter(BUY, 10, quote.lower_limit)
    modes = {
        minute: market.trading(CODE, at(10, minute, 30), Venue.KRX).matching for minute in range(40)
    }
    halted = [minute for minute, mode in modes.items() if mode is Matching.HALTED]
    auction = [minute for minute, mode in modes.items() if mode is Matching.AUCTION]
    assert (len(halted), len(auction)) == (20, 10)
    stage.until(at(10, halted[0], 30))
    stage.enter(BUY, 20, quote.upper_limit)
    end = at(10, auction[-1] + 1)
    prints = market.trades(CODE, stage.now, end + MS_PER_MINUTE)
    assert int(prints.side[0]) == 0
    when, price = int(prints.time[0]), int(prints.price[0])
    assert end <= when < end + 30 * MS_PER_SECOND
    assert stage.until(when)[-1] == (when, "filled", 2, 20, price)


def test_a_halt_keeps_orders_and_trades_nothing() -> None:
    market = open_market()
    stage = stage_at(10, market=market)
    side, price = stage.passed(at(10, 30))
    market.overlay.halt(CODE, at(10))
    order, _ = stage.enter(side, 10, price)
    assert stage.until(at(11)) == []
    market.overlay.resume(CODE, at(11))
    assert stage.until(at(15, 40)) != []
    assert not order.is_open


def test_instant_orders_lapse_where_nothing_trades() -> None:
    stage = stage_at(8, 20)
    _, happened = stage.enter(BUY, 10, stage.quotes()[1], "10", Destination.NXT)
    assert happened == [(at(8, 20), "expired", 1, 10, 0)]
