import msgspec

from kiwoom_sim.faults.effects import Extra
from kiwoom_sim.faults.kinds.system_frame import SystemFrame
from tests.faults.test_occasion import occasion


def test_it_says_something_nobody_asked_for() -> None:
    (effect,) = SystemFrame(code="R1", message="m").effects(occasion())
    assert isinstance(effect, Extra)
    assert effect.before
    told = {"trnm": "SYSTEM", "code": "R1", "message": "m"}
    assert msgspec.json.decode(effect.frame) == told
    (late,) = SystemFrame(at="after").effects(occasion())
    assert isinstance(late, Extra)
    assert not late.before
    assert SystemFrame().mistake() == ""
