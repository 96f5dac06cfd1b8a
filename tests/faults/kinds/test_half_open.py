from kiwoom_sim.faults.kinds.half_open import HalfOpen
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_before_is_unasked_and_after_is_only_unanswered() -> None:
    assert HalfOpen(for_ms=7).effects(occasion()) == (
        Transmit(unasked=True, silent=True, end="half_open", hold_ms=7),
    )
    assert HalfOpen(at="after").effects(occasion()) == (Transmit(silent=True, end="half_open"),)


def test_during_is_in_the_middle_of_the_body() -> None:
    (effect,) = HalfOpen(at="during").effects(occasion())
    assert isinstance(effect, Transmit)
    assert (effect.kept(100), effect.is_lost, effect.end) == (50, False, "half_open")
    assert HalfOpen().mistake() == ""
