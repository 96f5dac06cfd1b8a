"""Prove that the scenarios about lines and servers in trouble do all that they announce."""

from collections import Counter

import pytest

from kiwoom_sim.faults.effects import Plan, Reply
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.scenario.loader import load_scenario

MINE = ("timeout", "network_flap", "server_error_500", "firewall_400")
SECONDS = 180
CALM = {"timeout": "calm", "network_flap": "calm", "server_error_500": "calm"}


def day(name: str) -> tuple[list[tuple[str, Plan]], Counter[str], set[str]]:
    """Return the plans of a busy client by phase, injections by rule, and all rules."""
    scenario = load_scenario(name)
    engine = FaultEngine(phases=scenario.phases, rules=scenario.rules, seed=scenario.seed)
    plans: list[tuple[str, Plan]] = []
    for wire_ms in range(0, SECONDS * 1_000, 100):
        phase = engine.phases.at(wire_ms)
        assert phase is not None
        number = wire_ms // 100
        if number % 20 == 0:
            facts = Facts(door="rest", moment="connect", wire_ms=wire_ms, connection=number + 1)
            plans.append((phase.id, engine.decide(facts)))
        path = (
            "/oauth2/token" if number % 50 == 7 else f"/api/dostk/{'chart' if number % 2 else 'x'}"
        )
        facts = Facts(
            door="rest", moment="request", wire_ms=wire_ms, key="key#1", path=path,
            headers={"user-agent": "python-requests/2" if number % 3 else "my-bot/1"},
        )  # fmt: skip
        plans.append((phase.id, engine.decide(facts)))
    fired: Counter[str] = Counter()
    for (rule, _), count in engine.counts.items():
        fired[rule] += count
    return plans, fired, {rule.id for rule in scenario.rules}


@pytest.mark.parametrize("name", MINE)
def test_every_rule_fires(name: str) -> None:
    _, fired, rules = day(name)
    assert set(fired) == rules


@pytest.mark.parametrize("name", CALM)
def test_nothing_happens_before_the_trouble_and_little_after_it(name: str) -> None:
    plans, _, _ = day(name)
    assert not any(plan.injections for phase, plan in plans if phase == "calm")
    assert not any(plan.is_lost for phase, plan in plans if phase == "recovery")


def test_most_of_the_time_the_line_flaps_without_losing_everything() -> None:
    plans, _, _ = day("network_flap")
    for phase in ("resets", "cut-answers"):
        lost = [plan.injections != () for name, plan in plans if name == phase]
        assert 0.2 < sum(lost) / len(lost) < 0.7
    shut = [plan.shut for _, plan in plans if plan.shut is not None]
    assert [each.for_ms for each in shut] == [3_000] * 3


def test_the_firewall_knows_libraries_by_their_names() -> None:
    plans, fired, _ = day("firewall_400")
    pages = [plan.instead for _, plan in plans if isinstance(plan.instead, Reply)]
    assert {(page.status, page.content_type) for page in pages} == {
        (400, "text/html; charset=UTF-8")
    }
    assert fired["blocked"] == len(pages)
    assert fired["inspected"] > 100
