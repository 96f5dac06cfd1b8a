import pytest

from kiwoom_sim.faults.kinds.bandwidth import Bandwidth
from kiwoom_sim.faults.transmission import Transmit
from tests.faults.test_occasion import occasion


@pytest.mark.parametrize("per_second", [1, 7, 49, 50, 1_000, 16_000, 10_000_000])
def test_head_and_body_share_one_pace_of_the_lines_width(per_second: int) -> None:
    kind = Bandwidth(per_second_bytes=per_second)
    (effect,) = kind.effects(occasion())
    assert isinstance(effect, Transmit)
    assert effect.head == effect.body
    assert effect.body is not None
    made = effect.body.piece_bytes * 1_000 / effect.body.every_ms
    assert made == pytest.approx(per_second, rel=0.06)
    assert kind.mistake() == ""
