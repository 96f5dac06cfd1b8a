"""Give fixed answers instead of the world's: stubs.

A stub stands where the market would be asked: token, fields and limits of a call are checked as
always, and faults act on it as on any answer. So a stub is no fault; the journal names it as the
cause of the answer.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Reply
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.match import Match
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.phases import PhasePlan
from kiwoom_sim.faults.rules import Rule
from kiwoom_sim.faults.when import When

JSON = "application/json;charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"


class StubReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Give an answer as it is.

    Attributes:
        status: HTTP status.
        body: A table is sent as a JSON object, a text as it is.
        headers: Headers by name; those of an ordinary answer (`api-id`, `cont-yn`, `next-key`)
            are sent unless they are given here.
    """

    status: Annotated[int, Meta(ge=200, le=599)] = 200
    body: Annotated[Any, Meta(extra={"toml": "body"})] = ""
    headers: dict[str, str] = {}

    @cached_property
    def content(self) -> bytes:
        """Return the bytes of the body."""
        if isinstance(self.body, str):
            return self.body.encode()
        return msgspec.json.encode(self.body)

    @property
    def content_type(self) -> str:
        """Return the type of the body."""
        given = {name.lower(): value for name, value in self.headers.items()}
        return given.get("content-type", TEXT if isinstance(self.body, str) else JSON)

    def others(self, usual: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return the headers beside the type, on top of those that are usual."""
        own = {name.lower(): value for name, value in self.headers.items()}
        own.pop("content-type", None)
        return tuple(({**dict(usual), **own}).items())


class Stub(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answer some calls with a fixed reply instead of asking the market.

    Attributes:
        id: Name, unique in the scenario; the journal names it.
        match: Which calls: `api`, `group`, `path`, `key`, `app_key`, `client`, `connection`,
            `header`, `body`.
        reply: The answer.
        phase: Phases in which the stub is in force; none = always.
        when: Which of those calls; the others are answered by the market.
    """

    id: Annotated[str, Meta(min_length=1)]
    match: Match
    reply: StubReply
    phase: tuple[str, ...] = ()
    when: When = When()


class Stubs:
    """Know which stub answers a call.

    Args:
        stubs: In order; the first that agrees answers.
        phases: Which phase is in force when.
        seed: What draws come from.
    """

    def __init__(self, stubs: tuple[Stub, ...], *, phases: PhasePlan, seed: int) -> None:
        self._by_rule = {f"stub|{stub.id}": stub for stub in stubs}
        rules = tuple(_rule(name, stub) for name, stub in self._by_rule.items())
        self._engine = FaultEngine(rules=rules, seed=seed)
        self._engine.phases = phases
        self._stubs = stubs

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._stubs)

    def needs_body(self) -> bool:
        """Return whether any stub looks at body fields."""
        return self._engine.needs_body()

    def use(self, known_as: Callable[[str], str]) -> None:
        """Tell the pseudonyms of app keys; see `FaultEngine`."""
        self._engine.known_as = known_as

    def may_answer(self, api_id: str) -> bool:
        """Return whether a stub names an API, so that it need not be served."""
        return any(stub.match.api and stub.match.names(api_id) for stub in self._stubs)

    def reset(self) -> None:
        """Count calls from 1 again."""
        self._engine.reset()

    def find(self, facts: Facts) -> Stub | None:
        """Return the stub that answers a call, None if the market does; counts the call."""
        plan = self._engine.decide(facts)
        return self._by_rule[plan.injections[0].rule] if plan.injections else None


class _Answer(Struct, frozen=True, tag="stub", tag_field="kind"):
    """Let the engine of rules count stubs: a fault kind in form, but in no file."""

    reply: StubReply

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        return (Reply(self.reply.status, self.reply.content),)


def _rule(name: str, stub: Stub) -> Rule:
    do = cast("Any", (_Answer(stub.reply),))
    return Rule(id=name, phase=stub.phase, match=stub.match, when=stub.when, do=do)
