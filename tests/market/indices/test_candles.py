import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY, clock_ms, moment
from kiwoom_sim.market.market import Market
from tests.market.live import INDEX_START as START
from tests.market.live import index_market

NEXT = START + 1


@pytest.fixture(scope="module")
def market() -> Market:
    """A market whose run starts at 10:00."""
    return index_market(clock_ms(10))


@pytest.mark.parametrize("now", [moment(NEXT, clock_ms(12, 3, 4)), moment(NEXT, clock_ms(18))])
def test_minutes_gather_into_days(market: Market, now: int) -> None:
    days = market.indices.days("001", now, NEXT, 12)
    minutes = market.indices.minutes("001", now, 1, 12 * 400)
    for place, time in enumerate(days.time.tolist()):
        inside = (minutes.time >= time) & (minutes.time < time + MS_PER_DAY)
        assert minutes.open[inside][0] == days.open[place]
        assert minutes.high[inside].max() == days.high[place]
        assert minutes.low[inside].min() == days.low[place]
        assert minutes.close[inside][-1] == days.close[place]
        assert minutes.volume[inside].sum() == days.volume[place]
        assert minutes.turnover[inside].sum() == days.turnover[place]


def test_bases_are_the_closes_before(market: Market) -> None:
    days = market.indices.days("101", moment(NEXT, clock_ms(11)), NEXT, 100)
    assert len(days) == 100
    assert (days.base[1:] == days.close[:-1]).all()


@pytest.mark.parametrize("period", ["week", "month", "year"])
def test_days_gather_into_periods(market: Market, period: str) -> None:
    now = moment(NEXT, clock_ms(11))
    periods = market.indices.periods("001", now, NEXT, 3, period)
    days = market.indices.days("001", now, NEXT, 900)
    assert len(periods) == 3
    for place, start in enumerate(periods.time.tolist()):
        end = int(periods.time[place + 1]) if place + 1 < len(periods) else now
        inside = (days.time >= start) & (days.time < end)
        assert days.open[inside][0] == periods.open[place]
        assert days.high[inside].max() == periods.high[place]
        assert days.low[inside].min() == periods.low[place]
        assert days.close[inside][-1] == periods.close[place]
        assert days.volume[inside].sum() == periods.volume[place]


@pytest.mark.parametrize(("size", "count"), [(1, 200), (30, 100), (7, 90)])
def test_ticks_gather_into_tick_candles(market: Market, size: int, count: int) -> None:
    now = moment(START, clock_ms(10, 12, 41))
    candles = market.indices.tick_candles("001", now, size, count)
    assert len(candles) == count
    assert (np.diff(candles.time) > 0).all()
    ticks = market.indices.ticks("001", int(candles.time[-2]) - 1, now)
    assert candles.close[-1] == ticks[-1].last
    inside = [tick for tick in ticks if tick.time_ms >= int(candles.time[-2])]
    inside = [tick for tick in inside if tick.time_ms < int(candles.time[-1])]
    assert candles.open[-2] == inside[0].last
    assert candles.high[-2] == max(tick.last for tick in inside)
    assert candles.volume[-2] == sum(tick.quantity for tick in inside)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([1, 3, 30]), st.integers(1, 40), st.integers(0, 300))
def test_pages_of_candles_are_the_whole(market: Market, size: int, count: int, back: int) -> None:
    now = moment(START, clock_ms(10, 20))
    before = now - back * 60_000
    for ask in (market.indices.minutes, market.indices.tick_candles):
        whole = ask("001", now, size, 2 * count, before)
        newer = ask("001", now, size, count, before)
        older = ask("001", now, size, count, int(newer.time[0]))
        joined = [*older.time.tolist(), *newer.time.tolist()]
        assert joined == whole.time.tolist()
        assert [*older.high.tolist(), *newer.high.tolist()] == whole.high.tolist()


def test_candles_of_several_minutes_start_at_multiples_from_the_opening(market: Market) -> None:
    now = moment(START, clock_ms(10, 44))
    single = market.indices.minutes("001", now, 1, 300)
    sized = market.indices.minutes("001", now, 15, 10)
    assert ((sized.time % MS_PER_DAY - clock_ms(9)) % (15 * 60_000) == 0).all()
    inside = (single.time >= sized.time[-2]) & (single.time < sized.time[-1])
    assert sized.high[-2] == single.high[inside].max()
    assert sized.volume[-2] == single.volume[inside].sum()


def test_the_closing_print_has_its_own_minute(market: Market) -> None:
    minutes = market.indices.minutes("001", moment(NEXT, clock_ms(8)), 1, 2)
    assert (minutes.time % MS_PER_DAY).tolist() == [clock_ms(15, 19), clock_ms(15, 30)]


def test_history_ends_where_the_calendar_begins(market: Market) -> None:
    days = market.indices.days("001", moment(START, clock_ms(12)), START, 100_000)
    assert days.base[0] > 0
    assert (days.base[1:] == days.close[:-1]).all()
    assert len(market.indices.periods("001", moment(START), START, 100, "year")) == 12
