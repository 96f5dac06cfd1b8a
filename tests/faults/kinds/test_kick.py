import pytest

from kiwoom_sim.faults.effects import Close, Refuse
from kiwoom_sim.faults.kinds.kick import Kick
from tests.faults.test_occasion import occasion


def test_it_gives_the_reason_and_closes() -> None:
    assert Kick().effects(occasion()) == (Refuse("R10001"), Close(1000, "Bye", after=True))
    kind = Kick(code="R10002", close=1011, reason="x")
    assert kind.effects(occasion()) == (Refuse("R10002"), Close(1011, "x", after=True))


@pytest.mark.parametrize("code", [1005, 1006, 1015])
def test_codes_that_never_travel_are_refused(code: int) -> None:
    assert str(code) in Kick(close=code).mistake()
    assert Kick().mistake() == ""
