"""Perform what a plan changes about a question and its answer.

Before the world sees a request it may be amended; the world may be asked about another instant;
the answer may be changed after it was made. All of it is a pure function of the plan.

Not for: waiting and connections. Those are performed at the doors.
"""

from typing import Any

from msgspec import structs

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.engine.world import World
from kiwoom_sim.faults.bodies import Place, document_of, edited_lists, lists
from kiwoom_sim.faults.effects import Alter, Answer, Injection, Mingle, Plan
from kiwoom_sim.faults.failure import Failed
from kiwoom_sim.faults.hooks import HookError
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.gateway import Admission
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest


def amended(request: ApiRequest, plan: Plan) -> ApiRequest:
    """Return the request that the world sees."""
    changed = plan.amendments
    spec = loader.spec(request.api_id) if plan.moves_home else None
    if spec is not None:
        request = structs.replace(request, path=spec.path)
    return structs.replace(request, headers=request.headers | changed) if changed else request


def mingled(reply: ApiReply, admission: Admission, views: Views, mingle: Mingle) -> ApiReply:
    """Return an answer with rows of the same question with other values of a field.

    Raises:
        NotReady: The market has to build something first; ask again afterwards.
    """
    if reply.refusal or admission.variant is None:
        return reply
    strange: list[Any] = []
    for number, value in enumerate(mingle.values):
        question = admission.variant(mingle.field, value)
        found = lists(document_of(Answer(body=question(views).body))) if question else []
        rows = found[0].value if found else []
        if rows:
            first = mingle.occasion.draw_below(len(rows), lane=number % 8)
            strange += (rows[first:] + rows[:first])[: mingle.rows]

    def mix(place: Place) -> bool:
        whole = list(place.value)
        step = max(len(whole) // (len(strange) + 1), 1)
        at = mingle.occasion.draw_below(step, lane=8)
        for number, row in enumerate(strange):
            whole.insert(at + number * (step + 1), row)
        return place.put(whole)

    answer = edited_lists(Answer(body=reply.body), "", mix) if strange else Answer(body=reply.body)
    return structs.replace(reply, body=answer.body)


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


class Broken(Exception):  # noqa: N818 - tells what happened, not that we erred
    """Say that a hook broke while it changed an answer.

    Attributes:
        injection: The fault.
        failed: How it failed.
        facts: What it was about.
    """

    def __init__(self, injection: Injection, error: HookError) -> None:
        assert isinstance(injection.effect, Alter)
        self.injection = injection
        self.facts = injection.effect.occasion.facts
        self.failed = Failed(error.hook, error.cause)
        super().__init__(str(error))


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
        try:
            after = injection.effect.applied(answer)
        except HookError as error:
            raise Broken(injection, error) from error
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
