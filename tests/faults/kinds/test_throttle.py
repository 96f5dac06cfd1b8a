from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Hold
from kiwoom_sim.faults.kinds.throttle import Throttle
from tests.faults.test_occasion import frame_occasion


def turn(kind: Throttle, wire_ms: int, code: str = "005930") -> tuple[int, str]:
    (effect,) = kind.effects(frame_occasion(wire_ms=wire_ms, code=code))
    assert isinstance(effect, Hold)
    assert effect.delay_ms > 0
    return wire_ms + effect.delay_ms, effect.key


@given(st.integers(1, 100), st.integers(0, 50))
def test_a_second_has_exactly_so_many_turns(per_second: int, second: int) -> None:
    kind = Throttle(per_second=per_second)
    turns = {turn(kind, second * 1_000 + ms)[0] for ms in range(1_000)}
    assert len(turns) == per_second


def test_every_item_has_its_own_turn() -> None:
    kind = Throttle(per_second=4)
    assert turn(kind, 10) == (250, turn(kind, 240)[1])
    assert turn(kind, 250)[0] == 500
    assert turn(kind, 10)[1] != turn(kind, 10, code="000660")[1]
    assert kind.mistake() == ""
