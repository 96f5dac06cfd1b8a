import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.when import When, Window


def chosen(when: When, count: int = 12) -> list[int]:
    return [ordinal for ordinal in range(1, count + 1) if when.selects(ordinal)]


@pytest.mark.parametrize(
    ("when", "ordinals"),
    [
        (When(), list(range(1, 13))),
        (When(nth=(3,)), [3]),
        (When(nth=(2, 5)), [2, 5]),
        (When(every=4), [4, 8, 12]),
        (When(first=3), [1, 2, 3]),
        (When(after=10), [11, 12]),
        (When(after=2, first=3), [3, 4, 5]),
        (When(after=2, every=5), [7, 12]),
        (When(after=1, nth=(1,)), [2]),
        (When(first=6, every=3), [3, 6]),
        (When(first=2, nth=(3,)), []),
    ],
)
def test_counting_conditions_hold_together(when: When, ordinals: list[int]) -> None:
    assert chosen(when) == ordinals


def test_a_window_of_the_run_holds_its_start_and_not_its_end() -> None:
    when = When(between=Window(1_000, 2_000))
    assert [when.is_open(ms, 500) for ms in (999, 1_000, 1_999, 2_000)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_window_of_the_phase_counts_from_its_start() -> None:
    when = When(between=Window(0, 100, of_phase=True))
    assert when.is_open(5_000, 5_000)
    assert not when.is_open(5_100, 5_000)


def test_without_a_window_it_is_always_open() -> None:
    assert When().is_open(0, 0)


@given(after=st.integers(0, 20), first=st.integers(1, 20), every=st.integers(1, 7))
def test_first_bounds_how_many_are_chosen(after: int, first: int, every: int) -> None:
    count = len(chosen(When(after=after, first=first, every=every), 100))
    assert count == first // every
