"""Prove that each shipped scenario is what its first comment says."""

import pytest

from kiwoom_sim.faults.effects import Refuse, Reply
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.scenario.finder import Found, shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario
from tests.scenarios.signature import Signature, signature

SHIPPED = shipped_scenarios()


def timeline(name: str, every_ms: int, until_ms: int) -> dict[str, list[object]]:
    """Return what becomes of a steady client's calls, by phase."""
    scenario = load_scenario(name)
    engine = FaultEngine(phases=scenario.phases, rules=scenario.all_rules, seed=scenario.seed)
    seen: dict[str, list[object]] = {}
    for wire_ms in range(0, until_ms, every_ms):
        plan = engine.decide(
            Facts(
                door="rest",
                moment="request",
                wire_ms=wire_ms,
                key="key#1",
                api_id="ka10081",
                path="/api/dostk/chart",
            )
        )
        phase = engine.phases.at(wire_ms)
        assert phase is not None
        outcome = plan.instead or (plan.delay_ms or None)
        seen.setdefault(phase.id, []).append(outcome)
    return seen


@pytest.mark.parametrize("found", SHIPPED, ids=lambda found: found.name)
def test_a_shipped_scenario_loads_and_says_what_it_demonstrates(found: Found) -> None:
    text = found.path.read_text(encoding="utf-8")
    scenario = load_scenario(found)
    assert text.startswith("# ")
    assert scenario.name == found.name
    assert scenario.description
    assert "\ngroup = " in text, 'say its group: group = "market" (or limits, outages, ...)'
    assert scenario.tags
    assert scenario.group not in scenario.tags
    assert scenario.clock.start_ms is not None
    assert "good client" in text
    assert max(map(len, text.splitlines())) <= 110


def test_no_two_scenarios_are_the_same_story() -> None:
    told: dict[Signature, str] = {}
    for found in SHIPPED:
        mine = signature(load_scenario(found))
        assert mine not in told, f"{found.name} and {told[mine]} differ in numbers only: {mine}"
        told[mine] = found.name


def test_a_story_with_other_numbers_is_the_same_story() -> None:
    """Prove that the test above would see it."""
    story = load_scenario("rate_limit", overrides={"seed": 5, "limit.per_api.rate": "2/1s"})
    slower = load_scenario("rate_limit", overrides={"limit.per_api.rate": "3/1s"})
    assert signature(slower) == signature(story)
    assert signature(slower) != signature(load_scenario("limit_1700_in_200"))


def test_nothing_goes_wrong_in_a_normal_market() -> None:
    scenario = load_scenario("normal_market")
    assert scenario.all_rules == ()
    assert scenario.clock.session == "always-open"
    assert scenario.wire.environment == "real"


def test_the_429_storm_comes_and_goes() -> None:
    seen = timeline("rate_limit", every_ms=250, until_ms=120_000)
    assert set(seen["calm"]) == {None}
    refused = [outcome for outcome in seen["storm"] if isinstance(outcome, Refuse)]
    assert len(refused) == len(seen["storm"]) * 3 // 4
    assert {(refusal.code, refusal.status) for refusal in refused} == {("1700", 429)}
    assert set(seen["recovery"]) == {None}


def test_the_outage_has_json_and_html_bodies_by_phase() -> None:
    seen = timeline("outage_503", every_ms=500, until_ms=120_000)
    replies = {
        phase: [outcome for outcome in outcomes if isinstance(outcome, Reply)]
        for phase, outcomes in seen.items()
    }
    assert not replies["calm"]
    assert not replies["breather"]
    assert not replies["recovery"]
    assert len(replies["json-burst"]) == len(seen["json-burst"]) // 3
    assert {reply.content_type for reply in replies["json-burst"]} == {
        "application/json;charset=UTF-8"
    }
    assert len(replies["html-outage"]) == len(seen["html-outage"])
    assert all(b"<html>" in reply.body for reply in replies["html-outage"])
    assert any(isinstance(outcome, int) for outcome in seen["recovery"])
