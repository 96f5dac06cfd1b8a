from kiwoom_sim.faults.effects import Injection, Plan, Refuse
from kiwoom_sim.faults.failure import INTERNAL_ERROR, Failed


def plan(failed: Failed) -> Plan:
    return Plan(injections=(Injection(fault_id="f1", rule="r", kind="hook", effect=failed),))


def test_a_failure_is_answered_as_an_internal_error_where_there_is_an_answer() -> None:
    error = ValueError("no such row")
    assert plan(Failed("mine", error)).instead == Refuse(INTERNAL_ERROR)
    assert plan(Failed("mine", error, answers=False)).instead is None
    assert Failed("mine", error).told == "ValueError: no such row"
