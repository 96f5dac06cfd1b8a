from kiwoom_sim.faults.effects import Mute
from kiwoom_sim.faults.kinds.dead_registration import DeadRegistration
from tests.faults.test_occasion import occasion


def test_all_or_some_of_it_stays_silent() -> None:
    assert DeadRegistration().effects(occasion()) == (Mute(),)
    some = DeadRegistration(type=("0B",), code=("005930",))
    assert some.effects(occasion()) == (Mute(types=("0B",), codes=("005930",)),)
    assert some.mistake() == ""
