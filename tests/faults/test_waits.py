from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.waits import DRAWS, lognormal_ms, normal_ms

EVERY = range(0, DRAWS, DRAWS // 2_000)


def share_above(waits: list[int], limit_ms: int) -> float:
    return sum(wait > limit_ms for wait in waits) / len(waits)


def test_a_normal_wait_has_its_median_and_its_99th_percentile() -> None:
    waits = [normal_ms(draw, 1_000, 2_000) for draw in EVERY]
    assert abs(share_above(waits, 1_000) - 0.5) < 0.002
    assert abs(share_above(waits, 2_000) - 0.01) < 0.002
    assert sorted(waits)[len(waits) // 2] == 1_000


def test_a_lognormal_wait_has_its_median_its_99th_percentile_and_a_long_tail() -> None:
    waits = [lognormal_ms(draw, 180, 1_200) for draw in EVERY]
    assert abs(share_above(waits, 180) - 0.5) < 0.002
    assert abs(share_above(waits, 1_200) - 0.01) < 0.002
    assert max(waits) > 2_400
    assert min(waits) > 0


def test_a_draw_gives_the_same_wait_on_every_machine() -> None:
    draws = (0, 1, DRAWS // 10, DRAWS // 2, DRAWS - 1)
    assert [normal_ms(draw, 100, 300) for draw in draws] == [0, 0, 0, 100, 645]
    assert [lognormal_ms(draw, 100, 300) for draw in draws] == [5, 5, 55, 100, 1995]


@given(st.integers(0, DRAWS - 2), st.integers(1, 10_000), st.integers(1, 50_000))
def test_a_higher_draw_never_waits_less(draw: int, p50_ms: int, more_ms: int) -> None:
    for wait in (normal_ms, lognormal_ms):
        low, high = (wait(each, p50_ms, p50_ms + more_ms) for each in (draw, draw + 1))
        assert 0 <= low <= high
