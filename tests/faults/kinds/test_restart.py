from kiwoom_sim.engine.commands import RestartService
from kiwoom_sim.faults.effects import Injection, Plan
from kiwoom_sim.faults.kinds.restart import Restart
from tests.faults.test_occasion import occasion


def test_a_rule_and_an_event_ask_for_the_same() -> None:
    kind = Restart(down_for_ms=3_000, keep_state=True)
    asked = RestartService(down_ms=3_000, keep_state=True)
    assert kind.effects(occasion()) == (kind.command(),) == (asked,)
    assert kind.mistake() == ""


def test_whoever_sets_it_off_is_neither_heard_nor_answered() -> None:
    (effect,) = Restart(down_for_ms=1).effects(occasion())
    plan = Plan(injections=(Injection(fault_id="f1", rule="r", kind="restart", effect=effect),))
    assert plan.restarts
    assert plan.is_unasked
    assert plan.is_lost
