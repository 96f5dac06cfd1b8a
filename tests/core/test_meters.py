"""Hold each meter to a slow counting of all calls, exact to the ms and to one call."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.meters import Algorithm, FixedWindow, Rate, SlidingWindow, TokenBucket, meter

COUNTS = st.integers(0, 6)
STRETCHES = st.sampled_from([1, 7, 100, 500, 1_000, 3_000])
BURSTS = st.integers(1, 9)


@st.composite
def moments(draw: st.DrawFn) -> list[int]:
    """Return times of calls, many of them one ms before, at and after an edge."""
    edges = st.builds(lambda edge, off: max(0, edge + off), st.integers(0, 6), st.integers(-1, 1))
    stretch = draw(STRETCHES)
    times = st.one_of(st.integers(0, 5_000), edges.map(lambda edge: edge * stretch), edges)
    return sorted(draw(st.lists(times, max_size=60)))


def passed(algorithm: Algorithm, rate: Rate, burst: int, times: list[int]) -> list[bool]:
    counting = meter(algorithm, rate, burst, times[0] if times else 0)
    found = []
    for now in times:
        has_room = counting.has_room(now)
        assert counting.has_room(now) == has_room  # asking takes nothing
        if has_room:
            counting.take(now)
        found.append(has_room)
    return found


def reference(algorithm: Algorithm, rate: Rate, burst: int, times: list[int]) -> list[bool]:
    """Decide each call by looking at all calls that passed before it."""
    found: list[bool] = []
    level, seen = Fraction(burst), times[0] if times else 0
    for place, now in enumerate(times):
        before = [t for t, ok in zip(times[:place], found, strict=True) if ok]
        if algorithm == "fixed_window":
            counted = [t for t in before if t // rate.per_ms == now // rate.per_ms]
            fits = len(counted) < rate.count
        elif algorithm == "sliding_window":
            fits = len([t for t in before if now - t < rate.per_ms]) < rate.count
        else:
            level = min(Fraction(burst), level + Fraction((now - seen) * rate.count, rate.per_ms))
            seen, fits = now, level >= 1
            level -= 1 if fits else 0
        found.append(fits)
    return found


@pytest.mark.parametrize("algorithm", ["fixed_window", "sliding_window", "token_bucket"])
@given(count=COUNTS, per_ms=STRETCHES, burst=BURSTS, times=moments())
def test_every_call_is_decided_as_by_hand(
    algorithm: Algorithm, count: int, per_ms: int, burst: int, times: list[int]
) -> None:
    rate = Rate(count, per_ms)
    assert passed(algorithm, rate, burst, times) == reference(algorithm, rate, burst, times)


@given(count=st.integers(1, 6), per_ms=STRETCHES, start=st.integers(0, 5_000))
def test_the_edge_of_a_sliding_window_is_exact_to_the_ms(
    count: int, per_ms: int, start: int
) -> None:
    times = [start] * (count + 1) + [start + per_ms - 1, start + per_ms]
    expected = [True] * count + [False, False, True]
    assert passed("sliding_window", Rate(count, per_ms), 1, times) == expected


def test_a_fixed_window_lets_twice_the_count_pass_around_an_edge() -> None:
    times = [999] * 6 + [1_000] * 6
    expected = [True] * 5 + [False] + [True] * 5 + [False]
    assert passed("fixed_window", Rate(5), 1, times) == expected


def test_a_bucket_refills_one_call_at_a_time() -> None:
    times = [0] * 6 + [199, 200, 200, 399, 400]
    expected = [True] * 5 + [False, False, True, False, False, True]
    assert passed("token_bucket", Rate(5), 5, times) == expected


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(Rate(5), 5, 0)
    for now, room in [(10_000, 5), (10_000, 0)]:
        taken = 0
        while bucket.has_room(now):
            bucket.take(now)
            taken += 1
        assert taken == room


def test_a_meter_keeps_what_it_counted_when_its_rate_changes() -> None:
    sliding, fixed, bucket = (
        SlidingWindow(Rate(3)),
        FixedWindow(Rate(3)),
        TokenBucket(Rate(3), 3, 0),
    )
    for counting in (sliding, fixed, bucket):
        counting.take(0)
        counting.take(0)
        counting.change(Rate(2), 2, 0)
    assert not sliding.has_room(999)
    assert sliding.has_room(1_000)
    assert not fixed.has_room(999)
    assert fixed.has_room(1_000)
    assert bucket.has_room(0)
    bucket.take(0)
    assert not bucket.has_room(499)
    assert bucket.has_room(500)


def test_a_bucket_refills_at_the_old_rate_until_it_changes() -> None:
    bucket = TokenBucket(Rate(1), 9, 0)
    for _ in range(9):
        bucket.take(0)
    bucket.change(Rate(1, 100), 9, 2_000)
    assert [bucket.has_room(2_000), bucket._level] == [True, 200]
    assert bucket.has_room(2_100)
    assert bucket._level == 300


def test_windows_of_another_length_begin_with_nothing_counted() -> None:
    fixed = FixedWindow(Rate(1, 1_000))
    fixed.take(1_500)
    fixed.change(Rate(1, 100), 1, 1_550)
    assert fixed.has_room(1_599)
