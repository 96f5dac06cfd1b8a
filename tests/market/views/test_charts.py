"""Charts reach back in blocks and show the candle in progress; see also `test_market`."""

import pytest

from kiwoom_sim.core.clock import MS_PER_DAY, moment
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.views.charts import MINUTE_SESSIONS, Charts
from tests.market.markets import RUN_DAY, at, day, open_market, shared_market

CODE = "005930"


def charts() -> Charts:
    return shared_market()._charts


def test_today_has_no_candle_before_its_opening_print() -> None:
    own = charts()
    end = shared_market()._days.symbol_day(CODE, RUN_DAY).frame.opening_end_ms
    before, after = (own.day_candles(CODE, now, RUN_DAY, 2) for now in (end - 1, end))
    assert before.time[-1] < moment(RUN_DAY)
    assert after.time[-1] == moment(RUN_DAY)
    assert after.base[-1] == before.close[-1]


def test_candles_end_at_the_calendar_and_at_zero() -> None:
    own, first = charts(), shared_market().calendar.day_at(shared_market().calendar.first_index)
    assert len(own.day_candles(CODE, at(11), RUN_DAY, 0)) == 0
    assert len(own.day_candles(CODE, at(11), first - 1, 5)) == 0
    everything = own.day_candles(CODE, at(11), RUN_DAY, 10_000)
    assert everything.time[0] == moment(first)
    years = own.periods(CODE, at(11), RUN_DAY, 50, "year", adjusted=True)
    assert years.time[0] == moment(first)
    assert years.volume.sum() == everything.volume.sum()


def test_minutes_reach_back_over_blocks_and_odd_days() -> None:
    own = charts()
    found = own.minutes(CODE, at(11), 30, 2_000, None, adjusted=True)
    assert len(found) == 2_000
    assert (found.time[1:] > found.time[:-1]).all()
    late = moment(day("20260102"))
    of_day = found.time[(found.time >= late) & (found.time < late + 86_400_000)] - late
    assert of_day[0] == 10 * 3_600_000
    oldest = own.minutes(CODE, at(11), 60, 10, at(9, on=day("20240105")), adjusted=True)
    assert len(oldest) == 0
    assert MINUTE_SESSIONS > 265


def test_past_candles_do_not_depend_on_now() -> None:
    own = charts()
    early, late = (
        own.minutes(CODE, now, 1, 300, at(9), adjusted=True) for now in (at(9), at(15, 31))
    )
    assert (early.close == late.close).all()
    assert (early.time == late.time).all()


def test_tick_candles_page_into_the_day_before() -> None:
    own = charts()
    found = own.tick_candles("247540", at(9, 1), 100, 200, None, adjusted=True)
    assert found.time[0] < moment(RUN_DAY) < found.time[-1]
    assert (found.time[1:] >= found.time[:-1]).all()
    before = own.tick_candles("247540", at(8), 100, 5, None, adjusted=True)
    assert before.time[-1] < moment(RUN_DAY)


@pytest.mark.parametrize(("time", "volume"), [(at(8), 0), (moment(RUN_DAY - 2, 1), 0)])
def test_nothing_is_traded_before_the_open_or_on_holidays(time: int, volume: int) -> None:
    assert charts().volume_at(CODE, time) == volume


def test_volume_and_shares_so_far() -> None:
    assert charts().volume_at(CODE, at(11)) == shared_market().quote(CODE, at(11)).volume
    assert charts().listed_shares(CODE, RUN_DAY) == shared_market().universe.shares[0]


def test_candles_begin_with_the_listing() -> None:
    young = "279570"  # listed on 2026-03-05
    market = open_market(codes=(CODE, young))
    listed = day("20260305")
    found = market.days(young, at(11), RUN_DAY, 600)
    sessions = market.calendar.sessions(listed, RUN_DAY)
    assert (found.time == sessions * MS_PER_DAY).all()
    assert len(market.days(young, at(11), listed - 1, 5)) == 0
    assert market.periods(young, at(11), RUN_DAY, 5, "month").time[0] == moment(listed)
    assert market.minutes(young, at(11), 60, 9_999).time[0] >= moment(listed)
    assert market.tick_candles(young, at(11), 60, 30, before=moment(listed)).time.size == 0
    assert len(market.days(CODE, at(11), RUN_DAY, 600)) == 600


def test_a_run_before_the_listing_keeps_its_candles() -> None:
    young = "279570"
    market = Market(MarketConfig(symbols=(young,)), seed=7, start_day=day("20260305"))
    assert len(market.days(young, moment(day("20260305")), day("20260305"), 30)) == 30
