from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Delay
from kiwoom_sim.faults.kinds.latency import Latency
from tests.faults.test_occasion import occasion


def test_a_fixed_wait_is_exact() -> None:
    assert Latency(delay_ms=250).effects(occasion()) == (Delay(250),)
    assert Latency(delay_ms=250, at="after").effects(occasion()) == (Delay(250, after=True),)


def test_no_wait_is_no_fault() -> None:
    assert Latency(range_ms=(0, 0)).effects(occasion()) == ()


@given(st.integers(1, 500), st.integers(0, 700), st.integers(1, 1_000))
def test_jitter_stays_around_the_wait(delay_ms: int, jitter_ms: int, ordinal: int) -> None:
    effects = Latency(delay_ms=delay_ms, jitter_ms=jitter_ms).effects(occasion(ordinal))
    waited_ms = sum(effect.delay_ms for effect in effects)
    assert max(0, delay_ms - jitter_ms) <= waited_ms <= delay_ms + jitter_ms


def test_a_range_is_used_in_full() -> None:
    kind = Latency(range_ms=(10, 13))
    waits = {kind.effects(occasion(ordinal))[0].delay_ms for ordinal in range(1, 200)}
    assert waits == {10, 11, 12, 13}


def test_fields_that_disagree_are_told() -> None:
    assert "needs" in Latency().mistake()
    assert "either" in Latency(delay_ms=1, range_ms=(1, 2)).mistake()
    assert "ends before" in Latency(range_ms=(2, 1)).mistake()
    assert Latency(delay_ms=1).mistake() == ""


def draws(kind: Latency, count: int = 2_000) -> list[int]:
    return [
        sum(effect.delay_ms for effect in kind.effects(occasion(ordinal)))
        for ordinal in range(1, count + 1)
    ]


@pytest.mark.parametrize("dist", ["normal", "lognormal"])
def test_percentiles_are_as_told(dist: Literal["normal", "lognormal"]) -> None:
    waits = sorted(draws(Latency(dist=dist, p50_ms=200, p99_ms=900)))
    assert abs(waits[1_000] - 200) < 20
    assert abs(waits[1_980] - 900) < 150


def test_samples_come_back_as_often_as_they_are_written() -> None:
    waits = draws(Latency(samples_ms=(10, 10, 10, 400)))
    assert set(waits) == {10, 400}
    assert 420 < waits.count(400) < 580
    assert draws(Latency(dist="empirical", samples_ms=(7,)), 3) == [7, 7, 7]


@pytest.mark.parametrize(
    ("kind", "mistake"),
    [
        (Latency(p50_ms=1, p99_ms=2), "need dist"),
        (Latency(dist="normal", p50_ms=5, p99_ms=5), "p99 above p50"),
        (Latency(dist="lognormal", p99_ms=5), "p50 above 0"),
        (Latency(dist="lognormal", p50_ms=1, p99_ms=2, delay_ms=3), "takes p50 and p99, not delay"),
        (Latency(dist="fixed", range_ms=(1, 2)), "takes delay, not range"),
        (Latency(dist="uniform"), "needs delay or range"),
        (Latency(dist="empirical"), "needs samples"),
        (Latency(samples_ms=(1,), delay_ms=1), "either samples"),
    ],
)
def test_a_distribution_says_what_it_needs(kind: Latency, mistake: str) -> None:
    assert mistake in kind.mistake()


def test_a_distribution_with_what_it_needs_is_fine() -> None:
    for kind in (
        Latency(dist="fixed", delay_ms=1),
        Latency(dist="uniform", range_ms=(1, 2)),
        Latency(dist="lognormal", p50_ms=18, p99_ms=120),
        Latency(samples_ms=(0,)),
    ):
        assert kind.mistake() == ""
