import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Replace
from kiwoom_sim.faults.kinds.truncated_frame import TruncatedFrame
from tests.faults.test_occasion import frame_occasion

FRAME = '{"trnm":"REAL","data":[{"name":"주식체결"}]}'.encode()


@given(st.integers(0, 9_999))
def test_it_is_a_beginning_that_is_text_but_no_json(keep_bps: int) -> None:
    kind = TruncatedFrame(keep_bps=keep_bps)
    (effect,) = kind.effects(frame_occasion(FRAME))
    assert isinstance(effect, Replace)
    assert FRAME.startswith(effect.frame)
    assert effect.frame.decode() is not None
    assert len(FRAME) * keep_bps // 10_000 - len(effect.frame) in {0, 1, 2}
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(effect.frame)
    assert kind.mistake() == ""


def test_to_keep_everything_is_a_mistake() -> None:
    assert TruncatedFrame(keep_bps=10_000).mistake() == "to keep 100% is to cut nothing"
