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
