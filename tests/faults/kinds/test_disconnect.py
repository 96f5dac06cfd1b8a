import pytest

from kiwoom_sim.faults.effects import Close
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from tests.faults.test_occasion import occasion


def test_it_closes_as_told() -> None:
    assert Disconnect().effects(occasion()) == (Close(0),)
    kind = Disconnect(code=1011, reason="restart", at="after")
    assert kind.effects(occasion()) == (Close(1011, "restart", after=True),)


@pytest.mark.parametrize("code", [1, 999, 1005, 1006, 1015])
def test_codes_that_never_travel_are_refused(code: int) -> None:
    assert str(code) in Disconnect(code=code).mistake()


@pytest.mark.parametrize("code", [0, 1000, 1001, 1011, 4000])
def test_codes_that_travel_are_fine(code: int) -> None:
    assert Disconnect(code=code).mistake() == ""
