from kiwoom_sim.faults.kinds.reset import Reset
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_before_is_unasked_and_after_is_only_unanswered() -> None:
    assert Reset().effects(occasion()) == (Transmit(unasked=True, silent=True, end="reset"),)
    assert Reset(at="after").effects(occasion()) == (Transmit(silent=True, end="reset"),)


def test_during_is_in_the_middle_of_the_body() -> None:
    (effect,) = Reset(at="during").effects(occasion())
    assert isinstance(effect, Transmit)
    assert (effect.kept(100), effect.is_lost, effect.end) == (50, False, "reset")
    assert Reset().mistake() == ""
