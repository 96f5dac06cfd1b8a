import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.market.apportion import by_weight, one_so_far, part_so_far

weights = st.lists(st.floats(0, 1e3), min_size=1, max_size=8)


@settings(deadline=None)
@given(weights, st.integers(0, 10**13))
def test_parts_sum_to_the_total_and_follow_the_weights(row: list[float], total: int) -> None:
    parts = by_weight(np.array([row]), np.array([total]))[0]
    assert parts.sum() == total
    assert (parts >= 0).all()
    if sum(row) > 1e-6:
        assert np.abs(parts - np.array(row) / sum(row) * total).max() <= 1 + total * 1e-12


def test_no_weight_at_all_gives_everything_to_the_first_part() -> None:
    assert by_weight(np.zeros((1, 3)), np.array([7])).tolist() == [[7, 0, 0]]


def test_a_part_without_weight_gets_nothing() -> None:
    parts = by_weight(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), np.array([9]))[0]
    assert parts[[0, 2, 4]].tolist() == [0, 0, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_running_parts_never_fall_and_end_at_the_whole(values: list[int]) -> None:
    parts = np.array(values, dtype=np.int64)
    before = np.zeros_like(parts)
    for done in range(int(parts.sum()) + 1):
        now = part_so_far(parts, done)
        assert now.sum() == done
        assert (now >= before).all()
        before = now
    assert (before == parts).all()
    assert (part_so_far(parts, done + 5) == parts).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**11), min_size=2, max_size=6), st.floats(0, 1))
def test_running_parts_of_huge_totals_stay_in_proportion(values: list[int], share: float) -> None:
    parts = np.array(values, dtype=np.int64)
    done = int(parts.sum() * share)
    now = part_so_far(parts, done)
    assert now.sum() == done
    assert (now <= parts).all()
    # Each halving rounds by less than a share.
    assert np.abs(now - parts * share).max() <= int(parts.sum()).bit_length() + parts.sum() * 1e-9


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.floats(0, 1.1))
def test_one_running_part_is_that_of_all_of_them(values: list[int], share: float) -> None:
    parts = np.array(values, dtype=np.int64)
    done = int(parts.sum() * share)
    every = part_so_far(parts, done).tolist()
    assert [one_so_far(parts, place, done) for place in range(len(values))] == every
