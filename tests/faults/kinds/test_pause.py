from kiwoom_sim.engine.commands import PauseService
from kiwoom_sim.faults.kinds.pause import Pause
from tests.faults.test_occasion import occasion


def test_a_rule_and_an_event_ask_for_the_same() -> None:
    kind = Pause(for_ms=2_000)
    assert kind.effects(occasion()) == (kind.command(),) == (PauseService(for_ms=2_000),)
    assert kind.mistake() == ""
