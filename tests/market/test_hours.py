"""Hours of a session change in one run, in all views, and only before it begins."""

import pytest

from kiwoom_sim.core.clock import clock_ms
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.hours import session_of
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Phase
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.sessions import phase_at, session_times
from tests.market.markets import RUN_DAY, at
from tests.market.test_market import check_prices_are_legal, check_views_agree

CODE, NEXT = "005930", RUN_DAY + 1


def market(start_ms: int = at(9, 30)) -> Market:
    codes = (CODE, "000660")
    return Market(MarketConfig(symbols=codes), seed=7, start_day=RUN_DAY, start_ms=start_ms)


def test_an_exam_day_runs_an_hour_late_and_only_in_its_run() -> None:
    made = market()
    made.hours.change(at(0, on=NEXT), "shifted")
    times = session_times(made.calendar, NEXT)
    assert (times.open_ms, times.close_ms) == (clock_ms(10), clock_ms(16, 30))
    assert session_times(load_calendar(), NEXT).open_ms == clock_ms(9)
    assert made.quote(CODE, at(9, 59, on=NEXT)).volume == 0
    assert made.quote(CODE, at(10, 1, on=NEXT)).volume > 0
    assert made.quote(CODE, at(16, on=NEXT)).time_ms == pytest.approx(at(16, on=NEXT), abs=60_000)
    for hour in (10, 13, 17):
        check_views_agree(made, CODE, at(hour, 30, on=NEXT))
        check_prices_are_legal(made, CODE, at(hour, 30, on=NEXT))


def test_an_early_close_ends_the_day() -> None:
    bare, made = market(), market()
    made.hours.change(at(6, 59, on=NEXT), "early 1300")
    assert phase_at(made.calendar, at(12, 55, on=NEXT)) is Phase.CLOSING_AUCTION
    assert phase_at(made.calendar, at(13, 5, on=NEXT)) is Phase.AFTER_CLOSE
    closed = made.quote(CODE, at(13, 1, on=NEXT))
    assert closed == made.quote(CODE, at(15, on=NEXT))
    assert closed.last == bare.quote(CODE, at(16, on=NEXT)).last
    assert closed.volume == bare.quote(CODE, at(16, on=NEXT)).volume
    check_views_agree(made, CODE, at(12, 59, on=NEXT))
    ticks = made.indices.ticks("001", at(12, 59, on=NEXT), at(15, on=NEXT))
    assert ticks[-1].time_ms < at(13, 1, on=NEXT)
    assert made.indices.quote("001", at(15, on=NEXT)).last == ticks[-1].last


def test_hours_of_a_session_that_has_begun_stay() -> None:
    made = market()
    with pytest.raises(ValueError, match="the session of 20260324 has begun"):
        made.hours.change(at(9, 31), "early 1300")
    made.hours.change(at(9, 30), "early 1300")
    made.hours.change(at(12), "early 1300")
    assert session_times(made.calendar, RUN_DAY).close_ms == clock_ms(13)


def test_a_day_without_session_leaves_its_hours_to_the_next() -> None:
    assert session_of(load_calendar(), at(12, on=RUN_DAY + 4)) == RUN_DAY + 6


@pytest.mark.parametrize("text", ["0920", "1530", "13", "close"])
def test_impossible_closes_are_refused(text: str) -> None:
    made = market()
    made.calendar.exceptions[NEXT] = f"early {text}"
    with pytest.raises(ValueError, match="cannot close early"):
        session_times(made.calendar, NEXT)
