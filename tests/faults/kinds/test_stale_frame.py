import msgspec
import pytest

from kiwoom_sim.faults.effects import Effect, Replace
from kiwoom_sim.faults.kinds.stale_frame import StaleFrame
from kiwoom_sim.faults.occasion import Memory
from tests.faults.test_occasion import frame_occasion


def push(price: str, time: str) -> bytes:
    values = {"20": time, "10": price}
    return msgspec.json.encode({"trnm": "REAL", "data": [{"type": "0B", "values": values}]})


def told(kind: StaleFrame, *frames: tuple[bytes, str]) -> list[tuple[Effect, ...]]:
    memory = Memory()
    return [kind.effects(frame_occasion(text, code=code, memory=memory)) for text, code in frames]


def test_the_first_value_is_repeated_item_by_item() -> None:
    first, second, other = push("+100", "093000"), push("+101", "093001"), push("-5", "093001")
    assert told(StaleFrame(), (first, "a"), (second, "a"), (other, "b"), (second, "b")) == [
        (), (Replace(first),), (), (Replace(other),),
    ]  # fmt: skip
    assert StaleFrame().mistake() == ""


def test_old_values_can_have_the_new_time() -> None:
    kind = StaleFrame(clock="new")
    told_last = told(kind, (push("+100", "093000"), "a"), (push("+101", "093001"), "a"))[-1]
    assert told_last == (Replace(push("+100", "093001")),)


@pytest.mark.parametrize("text", [b"7", b'{"data":7}', b'{"data":[7]}'])
def test_odd_frames_do_no_harm(text: bytes) -> None:
    old = b'{"timestamp":"1","data":{"price":5}}'
    (effect,) = told(StaleFrame(clock="new"), (old, "a"), (text, "a"))[-1]
    assert effect == Replace(old)


def test_messages_with_a_time_stamp_get_the_new_one() -> None:
    old, new = b'{"timestamp":"1","price":5}', b'{"timestamp":"2","price":6}'
    (effect,) = told(StaleFrame(clock="new"), (old, "a"), (new, "a"))[-1]
    assert effect == Replace(b'{"timestamp":"2","price":5}')
