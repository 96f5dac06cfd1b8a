from kiwoom_sim.faults.kinds.hang import Hang
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_it_holds_in_silence() -> None:
    assert Hang(for_ms=7).effects(occasion()) == (
        Transmit(unasked=True, silent=True, end="hang", hold_ms=7),
    )
    assert Hang(at="after").effects(occasion()) == (Transmit(silent=True, end="hang"),)
    assert Hang().mistake() == ""
