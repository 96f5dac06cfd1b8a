import msgspec
import pytest

from kiwoom_sim.faults.effects import Replace
from kiwoom_sim.faults.kinds.malformed_frame import MalformedFrame
from tests.faults.test_occasion import frame_occasion

FRAME = b'{"trnm":"REAL","data":[]}'


def sent(kind: MalformedFrame) -> bytes:
    (effect,) = kind.effects(frame_occasion(FRAME))
    assert isinstance(effect, Replace)
    return effect.frame


@pytest.mark.parametrize("form", ["broken", "text", "html", "empty"])
def test_it_is_no_json(form: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(sent(MalformedFrame(form=form)))  # type: ignore[arg-type] # one of them


def test_it_can_be_json_of_another_shape() -> None:
    assert sent(MalformedFrame(form="list")) == b"[" + FRAME + b"]"
    assert msgspec.json.decode(sent(MalformedFrame(form="null"))) is None
    assert MalformedFrame().mistake() == ""
