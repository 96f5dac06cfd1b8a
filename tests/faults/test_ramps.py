from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.ramps import STEPS_MAX, Ramp, steps_ms, value_at


def test_a_ramp_steps_once_a_second_from_end_to_end() -> None:
    steps = steps_ms(4_500)
    assert list(steps) == [0, 1_000, 2_000, 3_000, 4_000]
    values = [value_at(Ramp(1, 9), step, len(steps)) for step in range(len(steps))]
    assert values == [1, 3, 5, 7, 9]
    assert [value_at(Ramp(9, 1), step, 3) for step in range(3)] == [9, 5, 1]


def test_a_short_phase_has_the_last_value() -> None:
    assert list(steps_ms(700)) == [0]
    assert value_at(Ramp(1, 9), 0, 1) == 9


def test_a_long_phase_has_no_more_than_so_many_steps() -> None:
    assert len(steps_ms(86_400_000)) == STEPS_MAX


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(2, 50))
def test_a_ramp_never_turns_back(first: int, last: int, steps: int) -> None:
    values = [value_at(Ramp(first, last), step, steps) for step in range(steps)]
    assert (values[0], values[-1]) == (first, last)
    assert values in (sorted(values), sorted(values, reverse=True))


def test_rates_meet_over_a_common_stretch_of_time() -> None:
    same = Ramp(Rate(1), Rate(5))
    assert [value_at(same, step, 3) for step in range(3)] == [Rate(1), Rate(3), Rate(5)]
    mixed = [value_at(Ramp(Rate(1), Rate(300, 60_000)), step, 2) for step in range(2)]
    assert mixed == [Rate(60, 60_000), Rate(300, 60_000)]
    assert value_at(same, 0, 1) == Rate(5)
