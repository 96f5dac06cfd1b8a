from kiwoom_sim.faults.effects import Extra
from kiwoom_sim.faults.kinds.duplicate_frame import DuplicateFrame
from tests.faults.test_occasion import frame_occasion


def test_it_sends_the_frame_again() -> None:
    assert DuplicateFrame().effects(frame_occasion()) == (Extra(),)
    assert DuplicateFrame().mistake() == ""


def test_copies_can_be_spread_out() -> None:
    kind = DuplicateFrame(copies=3, delay_ms=20)
    delays = [effect.delay_ms for effect in kind.effects(frame_occasion())]  # type: ignore[union-attr] # all are Extra
    assert delays == [20, 40, 60]
