from kiwoom_sim.faults.kinds.endless_chunks import EndlessChunks
from kiwoom_sim.faults.transmission import Pace, Transmit
from tests.faults.test_occasion import occasion


def test_blanks_follow_at_a_pace() -> None:
    kind = EndlessChunks(piece_bytes=3, every_ms=50)
    assert kind.effects(occasion()) == (Transmit(filler=b"   ", body=Pace(3, 50), end="close"),)
    assert kind.mistake() == ""
