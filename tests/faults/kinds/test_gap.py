from kiwoom_sim.faults.effects import Drop
from kiwoom_sim.faults.kinds.gap import Gap
from tests.faults.test_occasion import frame_occasion


def test_it_leaves_the_frame_out() -> None:
    assert Gap().effects(frame_occasion()) == (Drop(),)
    assert Gap().mistake() == ""


def test_it_is_about_pushes_unless_told_otherwise() -> None:
    facts = frame_occasion().facts
    assert Gap.acts_on.covers(facts, named=False)
    assert Gap.acts_on.moments == ("frame",)
