from functools import partial

import pytest

from kiwoom_sim.core.rng import draw_below, stream_key
from kiwoom_sim.faults.distributions import Distribution

KEY = stream_key(1, "test")


def waits(spread: Distribution, count: int = 2_000) -> list[int]:
    return [spread.draw_ms(partial(draw_below, KEY, ordinal=n)) for n in range(1, count + 1)]


def test_a_fixed_wait_is_always_the_same() -> None:
    assert set(waits(Distribution(delay_ms=18), 20)) == {18}


def test_a_range_is_used_in_full() -> None:
    assert set(waits(Distribution(range_ms=(3, 5)), 100)) == {3, 4, 5}
    assert set(waits(Distribution(delay_ms=1, jitter_ms=2), 100)) == {0, 1, 2, 3}


def test_a_lognormal_wait_keeps_its_percentiles() -> None:
    drawn = sorted(waits(Distribution(dist="lognormal", p50_ms=18, p99_ms=120)))
    assert abs(drawn[1_000] - 18) <= 2
    assert abs(drawn[1_980] - 120) < 40


def test_samples_are_taken_as_often_as_they_are_written() -> None:
    drawn = waits(Distribution(samples_ms=(10, 10, 10, 400)))
    assert 420 < drawn.count(400) < 580


@pytest.mark.parametrize(
    ("spread", "mistake"),
    [
        (Distribution(), "needs delay or range"),
        (Distribution(p50_ms=1, p99_ms=2), "need dist"),
        (Distribution(dist="normal", p50_ms=5, p99_ms=5), "p99 above p50"),
        (Distribution(dist="fixed", range_ms=(1, 2)), "takes delay, not range"),
        (Distribution(range_ms=(2, 1)), "ends before"),
    ],
)
def test_keys_that_disagree_are_told(spread: Distribution, mistake: str) -> None:
    assert mistake in spread.mistake()
