from kiwoom_sim.faults.effects import NO_FAULT, Delay, Injection, Plan, Reply
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.reason import Reason
from kiwoom_sim.runtime.reasons import reasons


def test_a_fault_is_told_once_with_all_its_effects() -> None:
    reason = Reason(
        phase="storm", who="key#1", occasion=4, draws=((12, 10_000), (3, 5)), chance_bps=100
    )
    plan = Plan(
        injections=(
            Injection(fault_id="f1", rule="slow", kind="k", effect=Delay(5), reason=reason),
            Injection(fault_id="f1", rule="slow", kind="k", effect=Delay(7), reason=reason),
            Injection(fault_id="f2", rule="page", kind="p", effect=Reply(503, b"")),
        )
    )
    first, second = reasons(
        plan, Facts(door="ws", moment="message", wire_ms=1_000, connection=2), 9
    )
    assert (first.ms, first.seq, first.conn, first.event) == (1_000, 9, 2, "fault_chosen")
    assert first.detail == {
        "id": "f1", "rule": "slow", "kind": "k", "door": "ws", "phase": "storm", "counted": "key#1",
        "occasion": 4, "chance_bps": 100, "chance_draw": "12 of 10000", "draws": "3 of 5",
        "delay_ms": 12,
    }  # fmt: skip
    assert second.detail == {"id": "f2", "rule": "page", "kind": "p", "door": "ws"}


def test_no_fault_has_no_reason() -> None:
    assert list(reasons(NO_FAULT, Facts(door="ws", moment="frame", wire_ms=1))) == []
