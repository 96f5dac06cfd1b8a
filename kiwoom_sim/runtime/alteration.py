"""Perform what a plan changes about a question and its answer.

Before the world sees a request it may be amended; the world may be asked about another instant;
the answer may be changed after it was made. All of it is a pure function of the plan.

Not for: waiting and connections. Those are performed at the doors.
"""

from msgspec import structs

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.engine.world import World
from kiwoom_sim.faults.effects import Alter, Answer, Injection, Plan
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest


def amended(request: ApiRequest, plan: Plan) -> ApiRequest:
    """Return the request that the world sees."""
    changed = plan.amendments
    return structs.replace(request, headers=request.headers | changed) if changed else request


def earlier(plan: Plan, world: World, wire_ms: int) -> Views:
    """Return the market as of a request, or as of the instant that its plan names instead."""
    backdate = plan.backdate
    if backdate is None:
        return world.views(wire_ms)
    views = world.views(max(0, wire_ms - backdate.age_ms))
    now_ms = views.now_ms - backdate.behind_ms
    if backdate.days:
        now_ms = moment(day_of(now_ms) + 1 - backdate.days) - 1
    return Views(views.market, now_ms)


def altered(reply: ApiReply, plan: Plan) -> tuple[ApiReply, tuple[Injection, ...]]:
    """Return the answer that is sent, and the alterations that changed nothing."""
    answer = Answer(
        status=reply.status,
        headers=reply.headers,
        body=reply.body,
        content_type=reply.content_type,
    )
    idle = []
    for injection in plan.alterations:
        assert isinstance(injection.effect, Alter)
        after = injection.effect.applied(answer)
        if after == answer:
            idle.append(injection)
        answer = after
    if len(idle) == len(plan.alterations):
        return reply, tuple(idle)
    changed = structs.replace(
        reply,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        content_type=answer.content_type,
    )
    return changed, tuple(idle)
