"""Write down why faults were chosen, for whoever asks later."""

import logging
from collections.abc import Iterator

from kiwoom_sim.faults.effects import Delay, Injection, Plan
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.failure import Failed
from kiwoom_sim.observe.journal import EventEntry

FAULT_CHOSEN = "fault_chosen"
HOOK_FAILED = "hook_failed"

log = logging.getLogger(__name__)


def reasons(plan: Plan, facts: Facts, record: int = 0) -> Iterator[EventEntry]:
    """Yield an event for each fault of a plan, in order.

    Args:
        plan: What a door has to do.
        facts: What it was decided about.
        record: Sequence of the record that this is; 0 = a frame.
    """
    for name in plan.fault_ids:
        found = [injection for injection in plan.injections if injection.fault_id == name]
        first, reason = found[0], found[0].reason
        detail: dict[str, str | int] = {"id": name, "rule": first.rule, "kind": first.kind}
        detail["door"] = facts.door
        if reason is not None:
            detail["phase"] = reason.phase
            detail["counted"] = reason.who
            detail["occasion"] = reason.occasion
            draws = [f"{value} of {bound}" for value, bound in reason.draws]
            if reason.chance_bps is not None:
                detail["chance_bps"] = reason.chance_bps
                detail["chance_draw"] = draws.pop(0)
            if draws:
                detail["draws"] = ", ".join(draws)
        delays = [each.effect.delay_ms for each in found if isinstance(each.effect, Delay)]
        if delays:
            detail["delay_ms"] = sum(delays)
        shown = {label: value for label, value in detail.items() if value != ""}
        yield EventEntry(
            ms=facts.wire_ms, seq=record, event=FAULT_CHOSEN, conn=facts.connection, detail=shown
        )
        for each in found:
            if isinstance(each.effect, Failed):
                yield hook_failed(each, each.effect, facts, record)


def hook_failed(injection: Injection, failed: Failed, facts: Facts, record: int) -> EventEntry:
    """Log what a hook raised, and return the event that says so.

    Args:
        injection: The fault that it was asked for.
        failed: How it failed.
        facts: What it was asked about.
        record: Sequence of the record that this is; 0 = a frame.
    """
    log.error("hook failed, hook=%s, rule=%s", failed.hook, injection.rule, exc_info=failed.error)
    detail: dict[str, str | int] = {
        "id": injection.fault_id, "rule": injection.rule, "hook": failed.hook, "error": failed.told,
    }  # fmt: skip
    return EventEntry(
        ms=facts.wire_ms, seq=record, event=HOOK_FAILED, conn=facts.connection, detail=detail
    )
