"""Check that market time follows wire time, jumps the nights and can be inverted."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY, clock_ms, moment, weekday
from kiwoom_sim.engine.clock import MarketClock, Span

MONDAY = 20_535  # 2026-03-23
OPEN, CLOSE = clock_ms(9), clock_ms(15, 30)
LAST_DAY = MONDAY + 30


def hours(day: int) -> tuple[int, int] | None:
    return (OPEN, CLOSE) if weekday(day) < 5 else None


def next_session(day: int) -> int:
    later = day + 1
    while weekday(later) >= 5:
        later += 1
    if later > LAST_DAY:
        raise ValueError(day)
    return later


def open_clock(start: int, speed: Fraction = Fraction(1)) -> MarketClock:
    return MarketClock(start, speed=speed, hours=hours, next_session=next_session)


speeds = st.fractions(min_value=Fraction(1, 10), max_value=5_000, max_denominator=100)
starts = st.integers(moment(MONDAY), moment(MONDAY + 9))
wires = st.integers(0, 2 * MS_PER_DAY)


def test_plain_clock_runs_at_its_speed() -> None:
    clock = MarketClock(1_000, speed=Fraction(3, 2))
    assert [clock.at(ms) for ms in (0, 1, 2, 4)] == [1_000, 1_001, 1_003, 1_006]


def test_always_open_jumps_a_minute_after_the_close() -> None:
    clock = open_clock(moment(MONDAY, CLOSE))
    assert clock.at(59_999) == moment(MONDAY, CLOSE + 59_999)
    assert clock.at(60_000) == moment(MONDAY + 1, OPEN)


def test_always_open_skips_the_weekend() -> None:
    friday = MONDAY + 4
    assert open_clock(moment(friday, clock_ms(20))).at(0) == moment(MONDAY + 7, OPEN)


def test_time_runs_on_when_the_calendar_ends() -> None:
    clock = open_clock(moment(LAST_DAY + 5))
    assert clock.at(7) == moment(LAST_DAY + 5) + 7


def test_early_start_waits_for_the_opening() -> None:
    clock = open_clock(moment(MONDAY, clock_ms(8, 30)))
    assert clock.at(1) == moment(MONDAY, clock_ms(8, 30)) + 1


def test_stepped_clock_moves_only_when_told() -> None:
    clock = MarketClock(0, speed=Fraction(0))
    assert clock.at(50_000) == 0
    clock.step(50_000, 1_500)
    assert (clock.at(49_999), clock.at(50_000), clock.at(90_000)) == (0, 1_500, 1_500)
    assert clock.wire_of(1_000) == 50_000
    assert clock.wire_of(1_501) is None


def test_stepped_clock_runs_for_as_long_as_it_is_told() -> None:
    clock = MarketClock(0, speed=Fraction(0))
    clock.run(1_000, 500)
    clock.run(9_000, 100, speed=3)
    asked = (999, 1_000, 1_250, 1_500, 8_999, 9_050, 9_100, 20_000)
    assert [clock.at(ms) for ms in asked] == [0, 0, 250, 500, 500, 650, 800, 800]
    assert [clock.wire_of(ms) for ms in (0, 1, 500, 501, 800)] == [0, 1_001, 1_500, 9_001, 9_100]
    assert clock.wire_of(801) is None


def test_spans_leave_the_night_out() -> None:
    clock = open_clock(moment(MONDAY, CLOSE + 59_000))
    assert clock.spans(0, 2_000) == [
        Span(moment(MONDAY, CLOSE + 59_000), moment(MONDAY, CLOSE + 59_999)),
        Span(moment(MONDAY + 1, OPEN) - 1, moment(MONDAY + 1, OPEN + 1_000)),
    ]


@given(starts, speeds, st.lists(wires, min_size=2, max_size=8))
def test_market_time_never_runs_backwards(start: int, speed: Fraction, moments: list[int]) -> None:
    clock, fresh = open_clock(start, speed), open_clock(start, speed)
    asked = [clock.at(wire) for wire in moments]
    in_order = [fresh.at(wire) for wire in sorted(moments)]
    assert sorted(asked) == in_order


@given(starts, speeds, wires)
def test_wire_of_is_the_earliest(start: int, speed: Fraction, wire: int) -> None:
    clock = open_clock(start, speed)
    market = clock.at(wire)
    first = clock.wire_of(market)
    assert first is not None
    assert first <= wire
    assert clock.at(first) == market
    assert first == 0 or clock.at(first - 1) < market


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 3)), max_size=6))
def test_wire_of_undoes_at_however_the_clock_was_moved(moves: list[tuple[int, int, int]]) -> None:
    clock, now = MarketClock(0, speed=Fraction(0)), 0
    for pause, by_ms, speed in moves:
        now += pause
        if speed == 3:
            clock.step(now, by_ms)
        else:
            clock.run(now, by_ms, speed)
            now += by_ms
    seen = [clock.at(wire) for wire in range(now + 10)]
    assert seen == sorted(seen)
    for market in range(seen[-1] + 2):
        earliest = next((wire for wire, at in enumerate(seen) if at >= market), None)
        assert clock.wire_of(market) == earliest


@given(starts, speeds, wires, wires)
def test_spans_join_without_gap_or_overlap(start: int, speed: Fraction, a: int, b: int) -> None:
    clock = open_clock(start, speed)
    low, middle = sorted((clock.elapsed_at(a), clock.elapsed_at(b)))
    high = middle + 3 * MS_PER_DAY
    split = clock.spans(low, middle) + clock.spans(middle, high)
    whole = clock.spans(low, high)
    length = sum(span.until - span.after for span in whole)
    assert sum(span.until - span.after for span in split) == length == high - low
    assert all(x.until <= y.after for x, y in pairwise(whole))
