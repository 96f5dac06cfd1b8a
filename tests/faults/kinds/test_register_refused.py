from kiwoom_sim.faults.effects import Refuse
from kiwoom_sim.faults.kinds.register_refused import RegisterRefused
from tests.faults.test_occasion import occasion


def test_it_says_no_with_the_code() -> None:
    assert RegisterRefused(code=105115).effects(occasion()) == (Refuse("105115"),)
    assert RegisterRefused().mistake() == ""
    assert RegisterRefused.acts_on.only == ("REG",)
