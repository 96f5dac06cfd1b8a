"""Say what a scenario does, leaving out how much, how often, when and to whom."""

from collections.abc import Iterable

from msgspec import Struct

from kiwoom_sim.faults.rules import AnyRule
from kiwoom_sim.protocol.policies import Limit
from kiwoom_sim.scenario.schema import Scenario

Signature = tuple[object, ...]


def signature(scenario: Scenario) -> Signature:
    """Return the kinds of trouble of a scenario by phase, and nothing that is only a number.

    Names of phases and rules do not count, nor phases in which nothing is wrong.
    """
    troubled = []
    for phase in scenario.phases:
        rules = [rule for rule in scenario.all_rules if phase.id in rule.phase]
        trouble = (_kinds(rules), tuple(sorted(phase.settings)))
        if trouble != (frozenset(), ()):
            troubled.append(trouble)
    always = _kinds(rule for rule in scenario.all_rules if not rule.phase)
    events = tuple(_kind(event.do) for event in scenario.events)
    limits = frozenset(map(_limit, scenario.limits))
    return always, tuple(troubled), events, limits, len(scenario.stubs), bool(scenario.latency)


def _kinds(rules: Iterable[AnyRule]) -> frozenset[tuple[str, str, tuple[str, ...]]]:
    """Return door, kind and moment of everything that rules do."""
    return frozenset(
        (type(rule).__name__, _kind(kind), tuple(getattr(rule.match, "moment", ())))
        for rule in rules
        for kind in rule.do
    )


def _kind(struct: Struct) -> str:
    return str(struct.__struct_config__.tag)


def _limit(limit: Limit) -> tuple[str, ...]:
    """Return the names of what a limit says."""
    return tuple(
        name
        for name in limit.__struct_fields__
        if name != "id" and getattr(limit, name) != getattr(Limit(id=limit.id), name)
    )
