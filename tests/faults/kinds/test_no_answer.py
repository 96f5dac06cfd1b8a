from kiwoom_sim.faults.kinds.no_answer import NoAnswer
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_the_connection_is_closed_in_silence() -> None:
    assert NoAnswer().effects(occasion()) == (Transmit(unasked=True, silent=True, end="close"),)
    assert NoAnswer(at="after").effects(occasion()) == (Transmit(silent=True, end="close"),)
    assert NoAnswer().mistake() == ""
