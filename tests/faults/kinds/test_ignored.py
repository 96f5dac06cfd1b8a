from kiwoom_sim.faults.effects import Drop
from kiwoom_sim.faults.kinds.ignored import Ignored
from tests.faults.test_occasion import occasion


def test_the_message_or_its_answer_is_lost() -> None:
    assert Ignored().effects(occasion()) == (Drop(),)
    assert Ignored(at="after").effects(occasion()) == (Drop(after=True),)
    assert Ignored().mistake() == ""
