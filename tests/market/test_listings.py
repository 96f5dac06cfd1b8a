"""New listings begin, delistings end, in all views at once."""

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.config import MarketConfig, Offering, of_run
from kiwoom_sim.market.listings import LIQUIDATION, next_opening
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.calendar import load_calendar
from tests.market.markets import RUN_DAY, START, at, open_market
from tests.market.test_market import check_prices_are_legal, check_views_agree

NEW, CODE, OTHER = "0999Z0", "247540", "005930"
DAY = RUN_DAY + 1
LATER = tuple(RUN_DAY + days for days in (1, 2, 3))


def market(price: int = 20_000, opening_bps: int = 22_000) -> Market:
    offering = Offering(
        code=NEW, name="새벽", board="KOSDAQ", day=DAY, price_won=price, shares=5_000_000,
        opening_bps=opening_bps,
    )  # fmt: skip
    config = of_run(MarketConfig(symbols=(OTHER, CODE)), (offering,))
    return Market(config, seed=7, start_day=START)


def test_a_new_share_has_no_past() -> None:
    made, bare = market(), open_market(codes=(OTHER, CODE))
    listings = made.listings
    assert listings.instrument(NEW, at(23)) is None
    assert {row.code for row in listings.instruments(at(23))} == {CODE, OTHER}
    morning = at(8, 50, on=DAY)
    assert listings.instrument(NEW, morning) is not None
    quote = made.quote(NEW, morning)
    assert (quote.last, quote.base, quote.volume) == (20_000, 20_000, 0)
    assert (quote.lower_limit, quote.upper_limit) == (12_000, 80_000)
    assert quote.expected_price == pytest.approx(44_000, rel=0.15)
    assert len(made.days(NEW, morning, DAY, 100)) == len(made.minutes(NEW, morning, 1, 100)) == 0
    noon = at(12, on=DAY)
    days = made.days(NEW, noon, DAY, 100)
    assert days.time.tolist() == [moment(DAY)]
    assert made.minutes(NEW, noon, 1, 1_000).time[0] >= at(9, on=DAY)
    check_views_agree(made, NEW, noon)
    check_prices_are_legal(made, NEW, noon)
    assert made.quote(OTHER, noon) == bare.quote(OTHER, noon)
    assert made.indices.quote("101", noon) == bare.indices.quote("101", noon)


def test_its_second_day_has_ordinary_limits() -> None:
    made = market()
    close, quote = made.quote(NEW, at(16, on=DAY)), made.quote(NEW, at(10, on=DAY + 1))
    assert quote.base == close.last
    assert quote.base * 1.28 < quote.upper_limit <= quote.base * 1.3
    check_views_agree(made, NEW, at(10, on=DAY + 1))


@pytest.mark.parametrize(("bps", "limit"), [(90_000, 80_000), (1_000, 12_000)])
def test_the_limits_of_the_first_day_cut_its_opening(bps: int, limit: int) -> None:
    assert market(opening_bps=bps).quote(NEW, at(9, 1, on=DAY)).open == limit


def test_nothing_happens_to_a_share_that_is_not_listed_yet() -> None:
    made = market()
    with pytest.raises(ValueError, match="0999Z0 is not listed before 20260325"):
        made.overlay.halt(NEW, at(10))
    with pytest.raises(ValueError, match="no volatility interruptions on its first day"):
        made.incidents.interrupt(NEW, at(10, on=DAY), "dynamic", up=True)
    made.panics.index_shock("KOSDAQ", at(10), -300, 60_000)
    assert made.quote(NEW, at(9, on=DAY)).base == 20_000
    made.panics.index_shock("KOSDAQ", at(10, on=DAY), -300, 60_000)
    check_views_agree(made, NEW, at(11, on=DAY))
    made.listings.confirm(NEW)
    with pytest.raises(ValueError, match="was not announced"):
        made.listings.confirm(CODE)


def test_a_share_is_liquidated_by_auctions_and_then_gone() -> None:
    made, bare = market(), open_market(codes=(OTHER, CODE))
    made.listings.delist(CODE, at(11), 2, 6_000)
    assert made.quote(CODE, at(15)) == bare.quote(CODE, at(15))
    first, second, gone = LATER
    trades = made.trades(CODE, moment(first), moment(first, clock_ms(16)))
    assert len(trades) == 14
    assert set(trades.side.tolist()) == {0}
    assert int(trades.price[0]) == pytest.approx(bare.quote(CODE, at(15, 45)).last * 0.4, rel=0.1)
    quote = made.quote(CODE, at(10, 45, on=first))
    assert quote.lower_limit < quote.base // 10
    assert quote.expected_price > 0
    assert quote.volume < made.quote(CODE, at(11, 1, on=first)).volume
    assert made.quote(CODE, at(15, 15, on=first)).expected_price > 0
    for day in (first, second):
        for hour in (9, 12, 16):
            check_views_agree(made, CODE, at(hour, 5, on=day))
    flags = made.listings.flags(made.universe.by_code[CODE], at(10, on=first))
    assert LIQUIDATION in flags
    assert made.listings.instrument(CODE, at(16, on=second)) is not None
    assert made.listings.instrument(CODE, at(0, on=gone)) is None
    with pytest.raises(ValueError, match="247540 is delisted since"):
        made.overlay.halt(CODE, at(10, on=gone))
    with pytest.raises(ValueError, match="is in a call auction"):
        made.incidents.interrupt(CODE, at(10, on=second), "static", up=False)


def test_a_halt_stops_the_auctions_of_a_liquidation() -> None:
    made = market()
    made.listings.delist(CODE, at(11), 1, 0)
    made.overlay.halt(CODE, at(10, 10, on=LATER[0]))
    made.overlay.resume(CODE, at(11, 10, on=LATER[0]))
    trades = made.trades(CODE, at(9, 45, on=LATER[0]), at(12, on=LATER[0]))
    assert [at(11, 30, on=LATER[0]) <= time for time in trades.time.tolist()][-1]
    assert len(made.trades(CODE, at(10, 10, on=LATER[0]), at(11, 10, on=LATER[0]))) == 0
    check_views_agree(made, CODE, at(12, on=LATER[0]))


def test_what_cannot_be_delisted_is_told() -> None:
    made = open_market()
    made.listings.delist(CODE, at(11), 0, 0)
    assert made.listings.instrument(CODE, at(0, on=LATER[0])) is None
    with pytest.raises(ValueError, match="already to be delisted on 20260325"):
        made.listings.delist(CODE, at(12), 1, 0)
    with pytest.raises(ValueError, match="069500 is no share"):
        made.listings.delist("069500", at(12), 1, 0)
    with pytest.raises(ValueError, match='unknown symbol "000000"'):
        made.listings.delist("000000", at(12), 1, 0)


def test_the_next_opening() -> None:
    calendar = load_calendar()
    assert next_opening(calendar, at(8, 59)) == RUN_DAY
    assert next_opening(calendar, at(9)) == RUN_DAY + 1
    assert next_opening(calendar, at(9, on=RUN_DAY + 4)) == RUN_DAY + 6
