"""Write down why faults were chosen, for whoever asks later."""

from collections.abc import Iterator

from kiwoom_sim.faults.effects import Delay, Plan
from kiwoom_sim.observe.journal import EventEntry

FAULT_CHOSEN = "fault_chosen"


def reasons(plan: Plan, ms: int, seq: int, conn: int) -> Iterator[EventEntry]:
    """Yield an event for each fault of a plan, in order.

    Args:
        plan: What a door has to do.
        ms: Wire time of the decision.
        seq: Sequence of the request, 0 for what happens at the WebSocket door.
        conn: Ordinal of the connection.
    """
    for name in plan.fault_ids:
        found = [injection for injection in plan.injections if injection.fault_id == name]
        first, reason = found[0], found[0].reason
        detail: dict[str, str | int] = {"id": name, "rule": first.rule, "kind": first.kind}
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
        yield EventEntry(ms=ms, seq=seq, event=FAULT_CHOSEN, conn=conn, detail=shown)
