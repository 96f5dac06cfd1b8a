from kiwoom_sim.faults.kinds.slow_headers import SlowHeaders
from kiwoom_sim.faults.transmission import Pace, Transmit
from tests.faults.test_occasion import occasion


def test_only_the_head_is_slow() -> None:
    kind = SlowHeaders(piece_bytes=8, every_ms=50)
    assert kind.effects(occasion()) == (Transmit(head=Pace(8, 50)),)
    assert kind.mistake() == ""
