"""The desk takes orders, pays for them, and gives back what it does not need."""

import pytest

from kiwoom_sim.core.clock import day_of, format_day
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.orders import Accepted, AmendOrder, CancelOrder
from kiwoom_sim.exchange.checks import Reason
from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.market.store import NotReady
from tests.engine.desks import (
    NOON,
    accepted,
    amendment,
    far_bid,
    holding,
    lines,
    make_desk,
    open_account,
    opened,
    refused,
    steps_of,
    withdrawal,
)
from tests.exchange.making import CODE, ask_for
from tests.exchange.stage import Stage, steps
from tests.market.markets import RUN_DAY, at, day, open_market, shared_market

BUY, SELL = Side.BUY, Side.SELL
LATE = at(15, 18)


# Golden journeys


def test_a_purchase_from_order_to_settlement() -> None:
    desk = opened()
    ask = shared_market().quote(CODE, NOON).ask
    asked = ask_for(BUY, 10, type_code="3")
    assert desk.place(asked, NOON) == Accepted(number=1, first=1, quantity=10)
    assert steps_of(desk.take_notices()) == [
        (1, "new", "accepted", 10, 0),
        (1, "new", "filled", 0, 10),
    ]
    fee = ask * 10 * 15 // 100_000 // 10 * 10
    account = desk.accounts[1]
    assert account.orderable_won == 100_000_000 - ask * 10 - fee
    assert (account.settled_won, account.reserved_won) == (100_000_000, 0)
    (line,) = lines(desk)
    assert (line.paid_won, line.commission_won, line.tax_won) == (ask * 10, fee, 0)
    assert (line.last_price_won, line.last_quantity, line.fill_number) == (ask, 10, 1)
    for date, settled in (("20260325", 100_000_000), ("20260326", 100_000_000 - ask * 10 - fee)):
        desk.follow(NOON, at(0, on=day(date)))
        assert desk.accounts[1].settled_won == settled
    assert account.position(CODE).average_won == ask
    assert desk.take_notices() == []


def test_a_sale_pays_commission_and_tax_and_books_the_profit() -> None:
    desk = holding(30, 3_000_000)
    bid = shared_market().quote(CODE, NOON).bid
    accepted(desk.place(ask_for(SELL, 20, type_code="3"), NOON))
    turnover = bid * 20
    fee, tax = turnover * 15 // 100_000 // 10 * 10, turnover * 20 // 10_000
    (line,) = lines(desk)
    assert (line.commission_won, line.tax_won) == (fee, tax)
    assert desk.accounts[1].orderable_won == 100_000_000 + turnover - fee - tax
    assert desk.ledger.total(1, "realised") == 2_000_000 - turnover
    assert desk.accounts[1].position(CODE).cost_won == 1_000_000
    assert not any(desk.ledger.sums().values())


def test_the_demo_environment_charges_its_own_commission() -> None:
    desk = make_desk(shared_market(), NOON, "demo")
    open_account(desk, 1, 10_000_000, NOON)
    ask = shared_market().quote(CODE, NOON).ask
    accepted(desk.place(ask_for(BUY, 10, ask), NOON))
    assert lines(desk)[0].commission_won == ask * 10 * 35 // 10_000 // 10 * 10


def test_a_resting_order_is_filled_in_parts_and_its_hold_shrinks() -> None:
    stage = Stage(shared_market(), NOON)
    side, price = stage.passed(at(12, 30))
    depth = stage.market.book(CODE, NOON)
    best = (depth.bids if side is BUY else depth.asks)[0].quantity
    quantity = best * 3
    desk = holding(quantity, 0)
    open_account(desk, 2, 10**12, NOON)
    desk._bookings[2].bring_in(NOON, CODE, quantity, 0)
    accepted(desk.place(ask_for(side, quantity, price, owner=2), NOON))
    desk.follow(NOON, at(12, 30))
    notices = desk.take_notices()
    assert steps_of(notices)[0] == (1, "new", "accepted", quantity, 0)
    fills = [each for each in notices if each.line.status == "filled"]
    assert len(fills) > 1
    done = 0
    for number, each in enumerate(fills, 1):
        done += each.line.last_quantity
        assert each.line.last_price_won == price
        assert (each.line.filled, each.line.open) == (done, quantity - done)
        assert each.line.fill_number == number
    still_open = quantity - done
    assert (desk.accounts[2].reserved_won == 0) is (side is SELL or not still_open)


def test_the_day_ends_and_holds_are_given_back() -> None:
    market = shared_market()
    desk = holding(50, 0, LATE)
    bid = far_bid(market, LATE)
    accepted(desk.place(ask_for(BUY, 10, bid), LATE))
    accepted(desk.place(ask_for(SELL, 50, market.quote(CODE, LATE).upper_limit), LATE))
    assert (desk.accounts[1].reserved_won > bid * 10, desk.accounts[1].free_shares(CODE)) == (
        True, 0,
    )  # fmt: skip
    desk.take_notices()
    desk.follow(LATE, at(16))
    closing = int(market.trades(CODE, at(15, 21), at(16)).time[-1])
    assert steps_of(notices := desk.take_notices()) == [
        (1, "new", "lapsed", 0, 0),
        (2, "new", "lapsed", 0, 0),
    ]
    assert {each.time_ms for each in notices} == {closing}
    account = desk.accounts[1]
    assert (account.reserved_won, account.orderable_won, account.free_shares(CODE)) == (
        0, 100_000_000, 50,
    )  # fmt: skip


def test_a_stop_order_tells_of_its_trigger_before_its_fill() -> None:
    market = shared_market()
    trades = market.trades(CODE, NOON, at(12, 20))
    goal = int(trades.price.max())
    desk = opened()
    accepted(desk.place(ask_for(BUY, 10, steps(goal, 5), type_code="28", trigger_won=goal), NOON))
    desk.follow(NOON, at(12, 20))
    assert steps_of(desk.take_notices()) == [
        (1, "new", "accepted", 10, 0),
        (1, "new", "confirmed", 10, 0),  # not what was open after the fill
        (1, "new", "filled", 0, 10),
    ]


def test_orders_of_two_clients_meet_and_both_are_told() -> None:
    desk = holding(100, 0)
    open_account(desk, 2, 100_000_000, NOON)
    quote = shared_market().quote(CODE, NOON)
    middle = (quote.ask + quote.bid) // 2
    accepted(desk.place(ask_for(SELL, 100, type_code="29"), NOON))
    accepted(desk.place(ask_for(BUY, 40, type_code="30", owner=2), NOON))
    assert steps_of(notices := desk.take_notices()) == [
        (1, "new", "accepted", 100, 0),
        (2, "new", "accepted", 40, 0),
        (2, "new", "filled", 0, 40),
        (1, "new", "filled", 60, 40),
    ]
    assert [each.line.last_price_won for each in notices[2:]] == [middle, middle]
    assert [each.line.owner for each in notices] == [1, 2, 2, 1]
    assert desk.accounts[1].position(CODE).quantity == 60
    assert desk.accounts[2].position(CODE).quantity == 40
    assert not any(desk.ledger.sums().values())


# Declined


WRONG = [
    (ask_for(BUY, 0, 100), Reason.BAD_QUANTITY),
    (ask_for(BUY, 1, 201), Reason.BEYOND_LIMITS),
    (ask_for(BUY, 1_000, type_code="3"), Reason.NOT_ENOUGH_CASH),
    (ask_for(SELL, 11, type_code="3"), Reason.NOT_ENOUGH_SHARES),
    (ask_for(BUY, 1, symbol="999999", price_won=1), Reason.UNKNOWN_SYMBOL),
    (amendment(9, 100), Reason.UNKNOWN_ORDER),
    (amendment(1, 7), Reason.BEYOND_LIMITS),
    (amendment(1, 10_001), Reason.OFF_TICK),
    (amendment(1, 0), Reason.OFF_TICK),
    (amendment(1, 100, symbol="069500"), Reason.UNKNOWN_ORDER),
    (amendment(1, 100, to=Destination.SOR), Reason.OTHER_VENUE),
    (amendment(1, 100, 11), Reason.NOTHING_OPEN),
    (amendment(1, 100, -1), Reason.BAD_QUANTITY),
    (amendment(2, 100), Reason.NOTHING_OPEN),
    (amendment(4, 100), Reason.IS_A_CANCEL),
    (amendment(5, 100), Reason.UNCHANGED_TYPE),
    (amendment(1, 100, owner=2), Reason.UNKNOWN_ORDER),
    (withdrawal(9), Reason.UNKNOWN_ORDER),
    (withdrawal(1, owner=2), Reason.UNKNOWN_ORDER),
    (withdrawal(1, to=Destination.NXT), Reason.OTHER_VENUE),
    (withdrawal(1, 11), Reason.NOTHING_OPEN),
    (withdrawal(1, -3), Reason.BAD_QUANTITY),
    (withdrawal(2), Reason.NOTHING_OPEN),
    (withdrawal(3), Reason.NOTHING_OPEN),
    (withdrawal(4), Reason.IS_A_CANCEL),
]


@pytest.fixture(scope="module")
def busy() -> Desk:
    """Return a desk with orders in every state; what is declined leaves it as it is."""
    desk = opened(30_000_000)
    desk._bookings[1].bring_in(NOON, CODE, 10, 1_000_000)
    open_account(desk, 2, 0, NOON)
    bid = far_bid(shared_market())
    accepted(desk.place(ask_for(BUY, 10, bid), NOON))
    accepted(desk.place(ask_for(BUY, 1, type_code="3"), NOON))
    accepted(desk.place(ask_for(BUY, 5, bid), NOON))
    accepted(desk.cancel(withdrawal(3), NOON))
    accepted(desk.place(ask_for(SELL, 1, type_code="7"), NOON))
    desk.take_notices()
    return desk


@pytest.mark.parametrize(
    ("asked", "reason"), WRONG, ids=[f"{type(a).__name__} {r.name}" for a, r in WRONG]
)
def test_what_is_declined_changes_nothing(
    busy: Desk, asked: PlaceOrder | AmendOrder | CancelOrder, reason: Reason
) -> None:
    def state() -> tuple[object, ...]:
        account = busy.accounts[1]
        return (
            len(busy.ledger.entries), busy._numbers, dict(busy._lines), account.orderable_won,
            account.reserved_won, account.positions(), busy.take_notices(),
        )  # fmt: skip

    before = state()
    if isinstance(asked, PlaceOrder):
        answer = busy.place(asked, NOON)
    elif isinstance(asked, AmendOrder):
        answer = busy.amend(asked, NOON)
    else:
        answer = busy.cancel(asked, NOON)
    assert refused(answer)[0] is reason
    assert state() == before


def test_the_possible_quantity_is_told_and_is_possible() -> None:
    market = shared_market()
    price = far_bid(market)
    desk = opened(10_000_000)
    reason, possible = refused(desk.place(ask_for(BUY, 1_000, price), NOON))
    assert reason is Reason.NOT_ENOUGH_CASH
    fee = price * possible * 15 // 100_000 // 10 * 10
    assert price * possible + fee <= 10_000_000 < price * (possible + 1) * 100_015 // 100_000
    assert refused(desk.place(ask_for(BUY, possible + 1, price), NOON)) == (reason, possible)
    accepted(desk.place(ask_for(BUY, possible, price), NOON))
    assert refused(desk.place(ask_for(BUY, 1, price), NOON)) == (reason, 0)


def test_orders_without_a_price_need_the_upper_limit() -> None:
    upper = shared_market().quote(CODE, NOON).upper_limit
    need = upper * 10 + upper * 10 * 15 // 100_000 // 10 * 10
    for code in ("3", "6", "7", "29"):
        assert refused(opened(need - 1).place(ask_for(BUY, 10, type_code=code), NOON)) == (
            Reason.NOT_ENOUGH_CASH, 9,
        )  # fmt: skip
        accepted(opened(need).place(ask_for(BUY, 10, type_code=code), NOON))


def test_a_conditional_order_can_pay_the_price_of_its_market_order() -> None:
    market, now = shared_market(), at(15, 15)
    lower = market.quote(CODE, now).lower_limit
    upper = market.quote(CODE, now).upper_limit
    asked = ask_for(BUY, 10, lower, type_code="5")
    assert refused(opened(lower * 11, now).place(asked, now))[0] is Reason.NOT_ENOUGH_CASH
    desk = opened(upper * 11, now)
    accepted(desk.place(asked, now))
    desk.follow(now, at(15, 25))
    last = steps_of(desk.take_notices())[-1]
    assert last[2:] == ("confirmed", 10, 0)
    number = last[0]
    assert refused(desk.amend(amendment(number, lower), at(15, 25)))[0] is Reason.UNCHANGED_TYPE
    desk.follow(at(15, 25), at(16))
    assert steps_of(desk.take_notices())[-1][2:] == ("filled", 0, 10)
    assert desk.accounts[1].orderable_won >= 0


def test_free_shares_are_what_may_be_sold() -> None:
    desk = holding(10, 0)
    upper = shared_market().quote(CODE, NOON).upper_limit
    accepted(desk.place(ask_for(SELL, 7, upper), NOON))
    assert refused(desk.place(ask_for(SELL, 4, upper), NOON)) == (Reason.NOT_ENOUGH_SHARES, 3)


def test_a_market_that_is_not_ready_changes_nothing() -> None:
    market = open_market()
    desk = opened(market=market)
    price = far_bid(shared_market())
    market.store.clear()
    market.store.cooperative = True
    waits: list[str] = []
    asked = ask_for(BUY, 10, price, to=Destination.SOR)
    while True:
        before = len(desk.ledger.entries), desk._numbers
        try:
            answer = desk.place(asked, NOON)
            break
        except NotReady as missing:
            waits.append(str(missing.key))
            assert (len(desk.ledger.entries), desk._numbers) == before == (1, 0)
            assert desk.take_notices() == []
            missing.build()
    assert accepted(answer) == 1
    assert any("'_AL'" in key for key in waits), "the venue is asked for before anything changes"


# Days


def test_following_in_parts_books_the_same_as_at_once() -> None:
    """Stops, fills, the closing auction, the end of two days and settlement, cut in any way."""

    def run(cuts: list[int]) -> tuple[object, ...]:
        desk = holding(500, 12_345_678, at(15, 17))
        market = shared_market()
        quote = market.quote(CODE, at(15, 17))
        trades = market.trades(CODE, at(15, 17), at(15, 20)).price
        goal = int(trades.max())
        for asked in (
            ask_for(BUY, 10, steps(goal, 3), type_code="28", trigger_won=goal),
            ask_for(BUY, 10, quote.bid),
            ask_for(SELL, 10, quote.ask),
            ask_for(BUY, 10, quote.lower_limit, type_code="5"),
            ask_for(SELL, 10, quote.upper_limit),
            ask_for(BUY, 7, type_code="29"),
        ):
            accepted(desk.place(asked, at(15, 17)))
        now = at(15, 17)
        for cut in [*cuts, at(1, on=RUN_DAY + 2)]:
            desk.follow(now, cut)
            now = cut
        return desk.take_notices(), desk.ledger._balances, desk.accounts[1].positions()

    minutes = [at(15, minute) for minute in range(18, 32)]
    assert run(minutes) == run([]) == run([at(15, 20), at(15, 30), at(0, on=RUN_DAY + 1)])


def test_shares_split_once_for_every_lot() -> None:
    market = open_market()
    friday, monday = day("20260327"), day("20260330")
    market.overlay.split(CODE, monday, 50, 1)
    now = at(12, on=friday)
    desk = holding(3, 300, now, market)
    desk._bookings[1].bring_in(now, f"{CODE}/{friday}", 2, 200)
    desk.follow(now, at(23, on=friday + 2))
    assert desk.accounts[1].position(CODE).quantity == 3
    desk.follow(at(23, on=friday + 2), at(8, on=monday))
    assert desk.accounts[1].position(CODE).quantity == 150
    assert desk.accounts[1].position(f"{CODE}/{friday}").quantity == 100
    assert desk.accounts[1].position(CODE).cost_won == 300


@pytest.mark.parametrize(
    ("traded", "settles"),
    [
        ("20260324", "20260326"),
        ("20260326", "20260330"),  # a weekend
        ("20260327", "20260331"),
        ("20260213", "20260220"),  # the lunar new year
    ],
)
def test_money_moves_on_the_second_session_after(traded: str, settles: str) -> None:
    now = at(12, on=day(traded))
    desk = opened(now=now)
    accepted(desk.place(ask_for(BUY, 1, type_code="3"), now))
    (due,) = (int(each) for each in desk.ledger.details(1, "due"))
    assert format_day(due) == settles
    assert day_of(now) < due
