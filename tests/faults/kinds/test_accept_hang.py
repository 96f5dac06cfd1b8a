from kiwoom_sim.faults.kinds.accept_hang import AcceptHang
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def test_nothing_is_read_and_nothing_is_said() -> None:
    assert AcceptHang(for_ms=7).effects(occasion()) == (
        Transmit(unasked=True, silent=True, end="half_open", hold_ms=7),
    )
    assert AcceptHang().mistake() == ""
