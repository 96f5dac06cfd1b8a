from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Delay
from kiwoom_sim.faults.kinds.burst import Burst
from tests.faults.test_occasion import frame_occasion


@given(st.integers(0, 100_000), st.integers(1, 5_000))
def test_everything_is_sent_at_the_next_release(wire_ms: int, every_ms: int) -> None:
    effects = Burst(every_ms=every_ms).effects(frame_occasion(wire_ms=wire_ms))
    wait_ms = sum(effect.delay_ms for effect in effects if isinstance(effect, Delay))
    assert 0 <= wait_ms < every_ms
    assert (wire_ms + wait_ms) % every_ms == 0
    assert bool(effects) == bool(wait_ms)


def test_nothing_can_be_wrong() -> None:
    assert Burst().mistake() == ""
