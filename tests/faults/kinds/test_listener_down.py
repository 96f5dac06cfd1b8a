from kiwoom_sim.faults.kinds.listener_down import ListenerDown
from kiwoom_sim.faults.transmission import Shut
from tests.faults.test_occasion import occasion


def test_the_door_shuts_for_so_long() -> None:
    assert ListenerDown(for_ms=7).effects(occasion()) == (Shut(for_ms=7, cut=True),)
    assert ListenerDown(for_ms=7, cut=False).effects(occasion()) == (Shut(for_ms=7, cut=False),)
    assert ListenerDown(for_ms=7).mistake() == ""
