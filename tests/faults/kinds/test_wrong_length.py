from kiwoom_sim.faults.kinds.wrong_length import WrongLength
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_a_client_that_waits_for_more_sees_the_end_of_the_connection() -> None:
    assert WrongLength(by=5).effects(occasion()) == (Transmit(length_by=5, end="close"),)
    assert WrongLength(by=-5).effects(occasion()) == (Transmit(length_by=-5, end="go_on"),)


def test_the_length_has_to_be_wrong() -> None:
    assert "right" in WrongLength(by=0).mistake()
    assert WrongLength().mistake() == ""
