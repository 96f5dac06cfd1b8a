"""Market time: days, times of day and the texts of the wire."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core import clock

MOMENTS = st.integers(0, 200 * 366 * clock.MS_PER_DAY)
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def test_day_zero_is_the_first_of_january_1970() -> None:
    assert clock.day_from_date(date(1970, 1, 1)) == 0
    assert clock.weekday(0) == 3  # a Thursday
    assert clock.datetime_from_moment(0) == datetime(1970, 1, 1)  # noqa: DTZ001 - KST by definition


def test_a_known_instant_reads_the_same_everywhere() -> None:
    wall = datetime(2026, 3, 20, 15, 30, 5, 123_999)  # noqa: DTZ001 - KST by definition
    time_ms = clock.moment_from_datetime(wall)
    assert clock.format_moment(time_ms) == "20260320153005"
    assert clock.time_of_day(time_ms) == clock.clock_ms(15, 30, 5) + 123
    assert clock.format_day(clock.day_of(time_ms)) == "20260320"
    assert clock.format_time(clock.time_of_day(time_ms)) == "153005"


@given(MOMENTS)
def test_day_and_time_of_day_make_the_moment(time_ms: int) -> None:
    day, of_day = clock.day_of(time_ms), clock.time_of_day(time_ms)
    assert clock.moment(day, of_day) == time_ms
    assert 0 <= of_day < clock.MS_PER_DAY
    assert clock.moment_from_datetime(clock.datetime_from_moment(time_ms)) == time_ms


@given(DATES)
def test_dates_and_days_correspond(value: date) -> None:
    day = clock.day_from_date(value)
    assert clock.date_from_day(day) == value
    assert clock.weekday(day) == value.weekday()
    assert clock.parse_day(clock.format_day(day)) == day


@given(st.text(max_size=9))
def test_parse_day_never_raises(text: str) -> None:
    day = clock.parse_day(text)
    assert day is None or clock.format_day(day) == text


def test_parse_day_refuses_what_is_no_date() -> None:
    for text in ("20260230", "2026-3-20", "", "20261301", "２０２６０３２０", "00000101"):
        assert clock.parse_day(text) is None
