import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, day_of, moment, parse_day
from kiwoom_sim.market.indices.table import IndexTable
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Candles
from tests.market.live import INDEX_START as START
from tests.market.live import index_market

NEXT = START + 1
CODES = ("001", "101", "201", "013", "603")


@pytest.fixture(scope="module")
def market() -> Market:
    """A market whose run starts at 10:00."""
    return index_market(clock_ms(10))


def level_of_members(market: Market, code: str, now: int) -> int:
    """Compute a level from the quotes of the members, in whole numbers."""
    table = IndexTable(market.universe, load_reference())
    row = table.row(code)
    assert row is not None
    whole = sum(
        quote.last * quote.listed_shares
        for quote in (market.quote(member, now) for member in market.indices.members(code))
    )
    return whole * int(table._scale[row]) // int(table.divisors[row])


def same(left: Candles, right: Candles) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name)) for name in left.__struct_fields__
    )


@pytest.mark.parametrize("code", ["001", "101", "201", "013"])
@pytest.mark.parametrize(
    "of_day", [clock_ms(10, 0, 7), clock_ms(11, 23, 59), clock_ms(15, 20), clock_ms(15, 31)]
)
def test_the_index_is_that_of_its_members(market: Market, code: str, of_day: int) -> None:
    now = moment(START, of_day + 999)
    quote = market.indices.quote(code, now)
    assert quote.last == level_of_members(market, code, now)
    volumes = [market.quote(member, now).volume for member in market.indices.members(code)]
    assert quote.volume == sum(volumes)
    assert quote.traded_count == sum(volume > 0 for volume in volumes)


def test_a_whole_run_is_exact_from_its_first_second() -> None:
    market = index_market()
    for second in (3, 17, 29, 45):
        now = moment(START, clock_ms(9, 0, second) + 999)
        assert market.indices.quote("001", now).last == level_of_members(market, "001", now)


def test_minutes_before_the_run_end_at_the_members_too(market: Market) -> None:
    minutes = market.indices.minutes("001", moment(START, clock_ms(10, 5)), 1, 60)
    for place in (0, 11, 40):
        end = int(minutes.time[place]) + 59_999
        assert minutes.close[place] == level_of_members(market, "001", end)


def test_counts_of_members_add_up(market: Market) -> None:
    quote = market.indices.quote("001", moment(START, clock_ms(13)))
    assert quote.member_count == len(market.indices.members("001"))
    assert quote.member_count == (
        quote.upper_count
        + quote.rising_count
        + quote.flat_count
        + quote.falling_count
        + quote.lower_count
    )


def test_before_the_open_the_index_stands_at_its_base(market: Market) -> None:
    quote = market.indices.quote("001", moment(START, clock_ms(8, 30)))
    assert quote.last == quote.base == 578_120
    assert (quote.open, quote.high, quote.low, quote.volume) == (0, 0, 0, 0)
    candles = market.indices.days("001", moment(START, clock_ms(8, 30)), START, 3)
    assert day_of(int(candles.time[-1])) < START


def test_a_closed_day_shows_the_session_before(market: Market) -> None:
    saturday = parse_day("20260328") or 0
    friday = market.indices.quote("001", moment(saturday - 1, clock_ms(16)))
    assert market.indices.quote("001", moment(saturday, clock_ms(3))) == friday


@pytest.mark.parametrize("code", CODES)
def test_quote_ticks_minutes_and_days_agree(market: Market, code: str) -> None:
    now = moment(START, clock_ms(10, 7, 33) + 400)
    quote = market.indices.quote(code, now)
    last = market.indices.ticks(code, now - 5_000, now)[-1]
    assert last == quote
    assert quote.time_ms == now - 401
    day = market.indices.days(code, now, START, 1)
    minutes = market.indices.minutes(code, now, 1, 400, moment(START, clock_ms(16)))
    minutes = market.indices.minutes(code, now, 1, int((minutes.time >= moment(START)).sum()))
    assert day.open[0] == quote.open == minutes.open[0]
    assert day.high[0] == quote.high == minutes.high.max()
    assert day.low[0] == quote.low == minutes.low.min()
    assert day.close[0] == quote.last == minutes.close[-1]
    assert day.volume[0] == quote.volume == minutes.volume.sum()
    assert day.turnover[0] == quote.turnover == minutes.turnover.sum()


def test_the_answer_does_not_depend_on_the_order_of_requests(market: Market) -> None:
    fresh = index_market(clock_ms(10))
    now = moment(START, clock_ms(10, 42, 5))
    later = fresh.indices.quote("201", now + 600_000)
    days = fresh.indices.days("201", now, START, 70)
    assert fresh.indices.quote("201", now) == market.indices.quote("201", now)
    assert same(days, market.indices.days("201", now, START, 70))
    assert later == market.indices.quote("201", now + 600_000)


def test_a_split_moves_no_index() -> None:
    split, plain = index_market(clock_ms(10)), index_market(clock_ms(10))
    split.overlay.split("005930", NEXT, 5, 1)
    before = moment(START, clock_ms(12))
    assert split.indices.quote("001", before) == plain.indices.quote("001", before)
    now = moment(NEXT, clock_ms(11))
    changed, usual = split.indices.quote("001", now), plain.indices.quote("001", now)
    assert changed.base == usual.base
    assert abs(changed.last - usual.last) < 0.005 * usual.last


def test_a_halt_changes_the_index_only_afterwards() -> None:
    halted, plain = index_market(clock_ms(10)), index_market(clock_ms(10))
    early, late = moment(START, clock_ms(10, 30)), moment(START, clock_ms(14))
    seen = halted.indices.quote("001", early)
    halted.overlay.halt("005930", moment(START, clock_ms(11)))
    assert halted.indices.quote("001", early) == seen == plain.indices.quote("001", early)
    assert halted.indices.quote("001", late) != plain.indices.quote("001", late)
    assert halted.indices.quote("001", late).last == level_of_members(halted, "001", late)


def test_an_unknown_code_is_a_key_error(market: Market) -> None:
    with pytest.raises(KeyError):
        market.indices.quote("999", moment(START))
    assert "001" in market.indices.codes()
