from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.kinds.garbage import Garbage
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


def bytes_of(kind: Garbage, ordinal: int = 1) -> bytes:
    (effect,) = kind.effects(occasion(ordinal))
    assert isinstance(effect, Transmit)
    assert effect.is_lost
    return effect.garbage


@given(st.integers(1, 2_000), st.integers(1, 1_000))
def test_it_is_as_long_as_told_and_no_text(size: int, ordinal: int) -> None:
    garbage = bytes_of(Garbage(size_bytes=size), ordinal)
    assert len(garbage) == size
    assert garbage[0] >= 0xF0


def test_it_repeats_and_differs_by_occasion() -> None:
    kind = Garbage()
    assert bytes_of(kind) == bytes_of(kind) == bytes_of(Garbage(at="after"))
    assert bytes_of(kind) != bytes_of(kind, 2)
    assert bytes_of(kind)[:8].hex() == "f76c026865273ddb"
    assert kind.mistake() == ""
