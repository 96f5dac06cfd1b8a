from kiwoom_sim.faults.effects import Hold
from kiwoom_sim.faults.kinds.reorder import Reorder
from tests.faults.test_occasion import frame_occasion


def test_others_pass_for_a_while() -> None:
    kind = Reorder(frames=2, within_ms=300)
    assert kind.effects(frame_occasion()) == (Hold(delay_ms=300, frames=2),)
    assert kind.mistake() == ""
