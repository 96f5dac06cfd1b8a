from kiwoom_sim.faults.kinds.truncate import Truncate
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def kept(kind: Truncate, length: int) -> int:
    (effect,) = kind.effects(occasion())
    assert isinstance(effect, Transmit)
    assert not effect.is_lost
    return effect.kept(length)


def test_a_share_or_so_many_bytes_are_kept_whichever_is_less() -> None:
    assert kept(Truncate(), 101) == 50
    assert kept(Truncate(keep_bps=0), 101) == 0
    assert kept(Truncate(after_bytes=7), 101) == 7
    assert kept(Truncate(after_bytes=70), 101) == 50


def test_the_end_is_as_told() -> None:
    (effect,) = Truncate(end="reset").effects(occasion())
    assert isinstance(effect, Transmit)
    assert effect.end == "reset"
    assert Truncate().mistake() == ""
