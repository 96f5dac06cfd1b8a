from kiwoom_sim.faults.kinds.slow_body import SlowBody
from kiwoom_sim.faults.transmission import Pace, Transmit
from tests.faults.test_occasion import occasion


def test_only_the_body_is_slow() -> None:
    kind = SlowBody(piece_bytes=8, every_ms=50)
    assert kind.effects(occasion()) == (Transmit(body=Pace(8, 50)),)
    assert kind.mistake() == ""
