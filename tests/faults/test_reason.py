from kiwoom_sim.faults.reason import Reason


def test_without_chance_there_is_nothing_drawn() -> None:
    assert Reason(occasion=3) == Reason(phase="", who="", occasion=3, draws=(), chance_bps=None)
