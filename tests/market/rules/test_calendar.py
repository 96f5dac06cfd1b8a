"""Trading days: real session counts, numbering, edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import day_from_date, parse_day
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY, Calendar, load_calendar

KRX = load_calendar()
DAYS = st.integers(KRX.first_day, KRX.last_day)
INDICES = st.integers(KRX.first_index, KRX.last_index)


def day(text: str) -> int:
    found = parse_day(text)
    assert found is not None
    return found


SESSIONS_HELD = {
    2015: 248, 2016: 246, 2019: 246, 2020: 248, 2023: 245, 2024: 244, 2025: 242, 2026: 244,
    2027: 245,
}  # fmt: skip


@pytest.mark.parametrize(("year", "count"), SESSIONS_HELD.items())
def test_a_year_has_the_sessions_that_the_exchange_held(year: int, count: int) -> None:
    first, last = day_from_date(date(year, 1, 1)), day_from_date(date(year, 12, 31))
    assert len(KRX.sessions(first, last)) == count


def test_the_reference_day_is_session_zero() -> None:
    assert KRX.session_index(REFERENCE_DAY) == 0
    assert KRX.day_at(0) == day("20260320")
    assert KRX.session_index(day("20260323")) == 1
    assert KRX.session_index(day("20260319")) == -1


def test_ten_years_of_history_exist() -> None:
    assert KRX.first_index <= -2_500
    assert (KRX.first_day, KRX.last_day) == (day("20150101"), day("20281231"))


@pytest.mark.parametrize(
    "closed", ["20260321", "20260302", "20250127", "20241001", "20200817", "20261231", "20260603"]
)
def test_known_closures_are_closed(closed: str) -> None:
    assert not KRX.is_session(day(closed))
    with pytest.raises(ValueError, match=closed):
        KRX.session_index(day(closed))


def test_days_out_of_range_are_no_sessions_and_cannot_be_numbered() -> None:
    assert not KRX.is_session(KRX.first_day - 7)
    assert not KRX.is_session(KRX.last_day + 3)
    for index in (KRX.first_index - 1, KRX.last_index + 1):
        with pytest.raises(ValueError, match="outside the calendar"):
            KRX.day_at(index)
    with pytest.raises(ValueError, match="no session"):
        KRX.latest(KRX.first_day)
    with pytest.raises(ValueError, match="no session"):
        KRX.previous(KRX.first_day)
    for late in (KRX.last_day, KRX.last_day + 10):
        with pytest.raises(ValueError, match="no session"):
            KRX.next(late)
    with pytest.raises(ValueError, match="no session"):
        KRX.latest(KRX.last_day + 1)
    with pytest.raises(ValueError, match="no session"):
        KRX.next(KRX.first_day - 2)


@given(INDICES)
def test_numbers_and_days_correspond(index: int) -> None:
    found = KRX.day_at(index)
    assert KRX.is_session(found)
    assert KRX.session_index(found) == index
    if index < KRX.last_index:
        assert KRX.next(found) == KRX.day_at(index + 1)
        assert KRX.previous(KRX.day_at(index + 1)) == found


@given(st.integers(KRX.first_day + 1, KRX.last_day))
def test_latest_is_the_day_itself_or_the_one_before(value: int) -> None:
    assert KRX.latest(value) == (value if KRX.is_session(value) else KRX.previous(value))


@given(DAYS, DAYS)
def test_sessions_lists_exactly_the_sessions_between(a: int, b: int) -> None:
    first, last = min(a, b), min(max(a, b), min(a, b) + 40)
    listed = KRX.sessions(first, last).tolist()
    assert listed == [d for d in range(first, last + 1) if KRX.is_session(d)]


def test_unusual_hours_fall_on_sessions() -> None:
    assert all(KRX.is_session(found) for found in KRX.exceptions)
    assert KRX.exceptions[day("20260102")] == "late"
    assert KRX.exceptions[day("20171123")] == "shifted"
    assert sum(kind == "late" for kind in KRX.exceptions.values()) == 14
    assert sum(kind == "shifted" for kind in KRX.exceptions.values()) == 14


def test_the_us_calendar_has_its_own_days() -> None:
    us = load_calendar("US")
    assert us.is_session(day("20260302"))
    assert not us.is_session(day("20260703"))
    assert us.exceptions[day("20261127")] == "early"


def test_a_longer_calendar_renumbers_nothing() -> None:
    short = Calendar(day("20260105"), day("20261230"), {})
    long = Calendar(day("20200101"), day("20271230"), {})
    assert short.session_index(day("20260401")) == long.session_index(day("20260401"))
