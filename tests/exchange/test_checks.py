"""Orders are refused for the right reason, and the first thing wrong is the one that is told."""

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.exchange.checks import Reason, why_not, why_not_amend
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.market.market import Market
from tests.exchange.making import CODE, ask_for
from tests.market.markets import RUN_DAY, at, day, open_market, shared_market

BUY, SELL = Side.BUY, Side.SELL
KRX, NXT, SOR = Destination.KRX, Destination.NXT, Destination.SOR
FUND, WARRANT = "069500", "58LSGR"
EVENING = day("20260915")  # the exchange has an after-market since the day before

# When each type is taken on a usual day; 09:00:02 is before the opening auction's random end
TIMES = (
    (7, 59, 0), (8, 10, 0), (8, 35, 0), (8, 45, 0), (8, 55, 0), (9, 0, 2), (10, 0, 0),
    (15, 25, 0), (15, 35, 0), (15, 45, 0), (16, 5, 0), (18, 30, 0), (20, 5, 0),
)  # fmt: skip
TABLE = """
KRX  0             . . Y Y Y Y Y Y . . . . .
KRX  3             . . Y Y Y Y Y Y . . . . .
KRX  5             . . Y Y Y Y Y . . . . . .
KRX  6,7,28,29     . . . . . . Y . . . . . .
KRX  10,13,16      . . . . . . Y . . . . . .
KRX  20,23,26      . . . . . . Y . . . . . .
KRX  30,31         . . . . . . Y . . . . . .
KRX  61            . . Y . . . . . . . . . .
KRX  81            . . . . . . . . Y Y . . .
KRX  62            . . . . . . . . . . Y . .
NXT  0,10,20       . Y Y Y . . Y . Y Y Y Y .
NXT  6,7,28,29     . . . . . . Y . . . . . .
NXT  13,16,23,26   . . . . . . Y . . . . . .
NXT  30,31         . . . . . . Y . . . . . .
NXT  81            . . . . . . . . Y Y . . .
NXT  3,5,61,62     . . . . . . . . . . . . .
SOR  0             . Y Y Y Y Y Y Y Y Y Y Y .
SOR  3             . . Y Y Y Y Y Y . . . . .
SOR  6,7           . . . . . . Y . . . . . .
SOR  10,20         . Y . . . . Y . Y Y Y Y .
SOR  13,16,23,26   . . . . . . Y . . . . . .
SOR  81            . . . . . . . . Y Y . . .
SOR  5,28,29,30    . . . . . . . . . . . . .
SOR  31,61,62      . . . . . . . . . . . . .
"""


def rows() -> list[tuple[Destination, str, str]]:
    found = []
    for line in TABLE.strip().splitlines():
        venue, codes, *marks = line.split()
        found += [(Destination(venue), code, "".join(marks)) for code in codes.split(",")]
    return found


def good(
    market: Market, now: int, code: str = "0", to: Destination = KRX, symbol: str = CODE
) -> PlaceOrder:
    """Return an order with the prices that its type needs."""
    last = market.quote(symbol, now).last
    type_ = ORDER_TYPES[code]
    return ask_for(
        BUY, 10, last if type_.needs_price else None, type_code=code, to=to, symbol=symbol,
        trigger_won=last if type_.needs_trigger else None,
    )  # fmt: skip


@pytest.mark.parametrize(("to", "code", "marks"), rows(), ids=str)
def test_each_type_has_its_venues_and_sessions(to: Destination, code: str, marks: str) -> None:
    market = shared_market()
    moments = [moment(RUN_DAY, clock_ms(*time)) for time in TIMES]
    taken = [why_not(good(market, now, code, to), market, now) is None for now in moments]
    assert "".join("Y" if yes else "." for yes in taken) == marks


def test_the_table_knows_every_type_at_every_venue() -> None:
    assert sorted((to.value, code) for to, code, _ in rows()) == sorted(
        (to.value, code) for to in Destination for code in ORDER_TYPES
    )


@pytest.mark.parametrize(
    ("now", "code", "reason"),
    [
        (at(7, 59), "0", Reason.BEFORE_SESSION),
        (at(18, 1), "0", Reason.AFTER_SESSION),
        (at(10, on=day("20260321")), "0", Reason.AFTER_SESSION),  # a Saturday
        (at(10, on=day("20260301")), "0", Reason.AFTER_SESSION),
        (at(15, 35), "0", Reason.TYPE_NOT_NOW),
        (at(8, 40), "61", Reason.TYPE_NOT_NOW),
        (at(8, 39, 59), "61", None),
        (at(16, on=EVENING), "0", None),
        (at(19, 59, on=EVENING), "0", None),
        (at(16, on=EVENING), "3", Reason.TYPE_NOT_NOW),
        (at(16, on=EVENING), "62", Reason.TYPE_NOT_NOW),
        (at(20, on=EVENING), "0", Reason.AFTER_SESSION),
        (at(9, 30, on=day("20251113")), "61", None),  # everything is an hour later
        (at(8, 59, on=day("20251113")), "0", Reason.BEFORE_SESSION),
        (at(16, 25, on=day("20251113")), "3", None),
    ],
)
def test_sessions(now: int, code: str, reason: Reason | None) -> None:
    market = shared_market()
    assert why_not(good(market, now, code), market, now) is reason


@pytest.mark.parametrize(
    ("now", "symbol", "to", "reason"),
    [
        (at(10), FUND, NXT, Reason.NOT_ON_VENUE),
        (at(10), FUND, SOR, None),
        (at(8, 10), FUND, SOR, Reason.BEFORE_SESSION),
        (at(10, on=day("20230125")), CODE, NXT, Reason.NOT_ON_VENUE),  # before there was one
        (at(10, on=day("20230125")), CODE, SOR, None),
        (at(16, 5, on=EVENING), FUND, KRX, Reason.TYPE_NOT_NOW),
        (at(8, 10, on=day("20260102")), CODE, NXT, Reason.TYPE_NOT_NOW),  # no pre-market
    ],
)
def test_venues(now: int, symbol: str, to: Destination, reason: Reason | None) -> None:
    market = shared_market()
    assert why_not(good(market, now, "0", to, symbol), market, now) is reason


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (ask_for(BUY, 1, 1, symbol="999999"), Reason.UNKNOWN_SYMBOL),
        (ask_for(BUY, 0, 1), Reason.BAD_QUANTITY),
        (ask_for(SELL, -5, 1), Reason.BAD_QUANTITY),
        (ask_for(BUY, 15, 5_000, symbol=WARRANT), Reason.BAD_QUANTITY),
        (ask_for(BUY, 20, 5_000, symbol=WARRANT), None),
        (ask_for(BUY, 1, type_code="3", to=NXT), Reason.TYPE_NOT_THERE),
        (ask_for(BUY, 1, 200_000, symbol=FUND, to=NXT), Reason.NOT_ON_VENUE),
        (ask_for(BUY, 1), Reason.PRICE_MISSING),
        (ask_for(BUY, 1, 200_000, type_code="3"), Reason.PRICE_GIVEN),
        (ask_for(BUY, 1, 200_000, type_code="29"), Reason.PRICE_GIVEN),
        (ask_for(BUY, 1, 200_000, type_code="81"), Reason.PRICE_AT_CLOSE),
        (ask_for(BUY, 1, 200_000, type_code="61"), Reason.PRICE_AT_CLOSE),
        (ask_for(BUY, 1, 200_000, type_code="28"), Reason.TRIGGER_MISSING),
        (ask_for(BUY, 1, 200_000, trigger_won=7), None),  # the broker does not look at it
    ],
)
def test_forms(asked: PlaceOrder, reason: Reason | None) -> None:
    market = shared_market()
    assert why_not(asked, market, at(10)) is reason


def test_prices_have_steps_and_limits() -> None:
    market, now = shared_market(), at(10)
    quote = market.quote(CODE, now)
    low, high = quote.lower_limit, quote.upper_limit

    def reason(price: int, code: str = "0", trigger: int | None = None) -> Reason | None:
        asked = ask_for(BUY, 1, price, type_code=code, trigger_won=trigger)
        return why_not(asked, market, now)

    assert (reason(low), reason(high), reason(quote.last)) == (None, None, None)
    assert reason(quote.last + 1) is Reason.OFF_TICK
    assert reason(low - 100) is Reason.BEYOND_LIMITS
    assert reason(high + 500) is Reason.BEYOND_LIMITS
    assert reason(high + 501) is Reason.OFF_TICK
    assert reason(0) is Reason.OFF_TICK
    assert reason(-100) is Reason.OFF_TICK
    assert reason(quote.last, "28", quote.last) is None
    assert reason(quote.last, "28", quote.last + 1) is Reason.OFF_TICK
    assert reason(quote.last, "28", high + 500) is Reason.BEYOND_LIMITS


def test_single_price_orders_stay_within_ten_percent_of_the_close() -> None:
    market, now = shared_market(), at(16, 5)
    close = market.quote(CODE, now).last
    for price, reason in (
        (close, None),
        (close * 110 // 100 // 500 * 500, None),
        (close * 110 // 100 // 500 * 500 + 500, Reason.BEYOND_LIMITS),
        (close * 89 // 100 // 100 * 100, Reason.BEYOND_LIMITS),
    ):
        asked = ask_for(BUY, 1, price, type_code="62")
        assert why_not(asked, market, now) is reason


def test_warrants_have_no_limits() -> None:
    market = shared_market()
    assert why_not(ask_for(BUY, 10, 5, symbol=WARRANT), market, at(10)) is None
    assert why_not(ask_for(BUY, 10, 90_000, symbol=WARRANT), market, at(10)) is None


def test_a_halted_symbol_takes_no_orders_at_any_time_of_day() -> None:
    market = open_market()
    market.overlay.halt(CODE, at(8))
    for now, code in ((at(8, 35), "0"), (at(8, 35), "61"), (at(10), "3"), (at(15, 45), "81"),
                      (at(16, 5), "62")):  # fmt: skip
        assert why_not(good(market, now, code), market, now) is Reason.HALTED
    assert why_not(good(market, at(10), "0", NXT), market, at(10)) is Reason.HALTED
    assert why_not(good(market, at(10), "0", KRX, "247540"), market, at(10)) is None


def test_a_circuit_breaker_refuses_shares_and_funds() -> None:
    market = open_market(codes=("005930", "000660", "005380", "069500", "247540"))
    market.panics.circuit_breaker("KOSPI", at(10), 1)
    now = at(10, 10)
    assert why_not(good(market, now), market, now) is Reason.CIRCUIT_BREAKER
    assert why_not(good(market, now, "0", NXT), market, now) is Reason.CIRCUIT_BREAKER
    assert why_not(good(market, now, "0", KRX, "247540"), market, now) is None
    auction = at(10, 28)
    assert why_not(good(market, auction), market, auction) is None
    assert why_not(good(market, auction, "10"), market, auction) is Reason.TYPE_NOT_NOW
    assert why_not(good(market, at(10, 40), "10"), market, at(10, 40)) is None


def test_an_interruption_takes_plain_orders_and_stops_the_alternative_venue() -> None:
    market = open_market()
    market.incidents.interrupt("247540", at(10), "static", up=True)
    now = at(10, 1)
    for code in ORDER_TYPES:
        reason = why_not(good(market, now, code, KRX, "247540"), market, now)
        assert (reason is None) == (code in {"0", "3", "5"})
    assert why_not(good(market, now, "0", NXT, "247540"), market, now) is Reason.HALTED
    assert why_not(good(market, now, "0", SOR, "247540"), market, now) is None


def test_the_first_thing_wrong_is_told() -> None:
    """Each step mends one thing; the next reason is the one behind it."""
    market = open_market()
    market.overlay.halt(CODE, at(9))
    night, noon, low = at(7), at(12), market.quote(CODE, at(12)).lower_limit
    steps = (
        (ask_for(BUY, 0, 7, type_code="3", to=NXT), night, Reason.BAD_QUANTITY),
        (ask_for(BUY, 1, 7, type_code="3", to=NXT), night, Reason.TYPE_NOT_THERE),
        (ask_for(BUY, 1, 7, type_code="3"), night, Reason.PRICE_GIVEN),
        (ask_for(BUY, 1, 7, type_code="28"), night, Reason.TRIGGER_MISSING),
        (ask_for(BUY, 1, 7), night, Reason.BEFORE_SESSION),
        (ask_for(BUY, 1, 7), noon, Reason.HALTED),
    )
    for asked, now, reason in steps:
        assert why_not(asked, market, now) is reason
    market.overlay.resume(CODE, at(12))
    assert why_not(ask_for(BUY, 1, 2_001), market, at(12, 1)) is Reason.OFF_TICK
    assert why_not(ask_for(BUY, 1, 2_000), market, at(12, 1)) is Reason.BEYOND_LIMITS
    assert why_not(ask_for(BUY, 1, low), market, at(12, 1)) is None


def test_an_amendment_is_checked_for_lots_halts_and_prices_not_for_the_session() -> None:
    market = open_market(codes=(CODE, WARRANT))
    last = market.quote(CODE, at(15, 25)).last
    assert why_not_amend(ask_for(BUY, 1, last, type_code="5"), market, at(15, 25)) is None
    assert why_not_amend(ask_for(BUY, 1, last + 1), market, at(10)) is Reason.OFF_TICK
    assert why_not_amend(ask_for(BUY, -1, last), market, at(10)) is Reason.BAD_QUANTITY
    odd = ask_for(BUY, 5, 5_000, symbol=WARRANT)
    assert why_not_amend(odd, market, at(10)) is Reason.BAD_QUANTITY
    market.overlay.halt(CODE, at(10))
    assert why_not_amend(ask_for(BUY, 1, last), market, at(10, 1)) is Reason.HALTED
