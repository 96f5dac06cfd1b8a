from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Delay as Wait
from kiwoom_sim.faults.effects import Hold
from kiwoom_sim.faults.kinds.delay import Delay
from tests.faults.test_occasion import frame_occasion


def test_it_waits_in_the_queue_or_aside() -> None:
    assert Delay(delay_ms=30).effects(frame_occasion()) == (Wait(30),)
    assert Delay(delay_ms=30, keep_order=False).effects(frame_occasion()) == (Hold(30),)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_wait_is_within_its_bounds(delay_ms: int, jitter_ms: int) -> None:
    effects = Delay(delay_ms=delay_ms, jitter_ms=jitter_ms).effects(frame_occasion())
    assert all(isinstance(effect, Wait) for effect in effects)
    total = sum(effect.delay_ms for effect in effects if isinstance(effect, Wait))
    assert max(0, delay_ms - jitter_ms) <= total <= delay_ms + jitter_ms


def test_no_wait_at_all_is_a_mistake() -> None:
    assert Delay().mistake() == "needs delay or jitter"
    assert Delay(jitter_ms=1).mistake() == ""
