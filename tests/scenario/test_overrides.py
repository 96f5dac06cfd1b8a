from datetime import datetime
from typing import Any

import pytest

from kiwoom_sim.scenario import overrides
from kiwoom_sim.scenario.overrides import Override


def change(raw: dict[str, Any], key: str, value: object) -> str:
    _, problem = overrides.apply(raw, Override(origin="test", key=key, value=value))
    return "" if problem is None else problem.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("clock.speed=20", 20),
        ("clock.speed = 20", 20),
        ("wire.limits_enabled=false", False),
        ("clock.mode=scaled", "scaled"),
        ("wire.ping_interval=5s", "5s"),
        ('market.symbols=["005930"]', ["005930"]),
        ("doors.host=127.0.0.1", "127.0.0.1"),
        ("clock.start=2026-03-23T09:30:00", datetime(2026, 3, 23, 9, 30)),  # noqa: DTZ001
        ("clock.start=now", "now"),
        ("description=a=b", "a=b"),
    ],
)
def test_assignments_are_read_as_toml_or_else_as_text(text: str, value: object) -> None:
    (override,) = overrides.from_assignments([text])
    assert override.value == value
    assert override.origin == f"--set {text}"


@pytest.mark.parametrize("text", ["clock.speed", "=3", ""])
def test_an_assignment_needs_a_key_and_a_value(text: str) -> None:
    with pytest.raises(ValueError, match="write it as key=value"):
        overrides.from_assignments([text])


def test_flags_name_their_value_of_the_scenario() -> None:
    made = overrides.from_flags(seed=7, rest_port=None, speed=20, no_limits=True)
    assert {o.key: o.value for o in made} == {
        "seed": 7,
        "clock.speed": 20,
        "clock.mode": "scaled",
        "wire.limits_enabled": False,
    }
    assert made[0].origin == "--seed"
    assert overrides.from_flags(no_limits=False, seed=0, speed=1)[0].value == 0


def test_variables_mirror_the_flags() -> None:
    made = overrides.from_environment(
        {
            "KIWOOM_SIM_REST_PORT": "0",
            "KIWOOM_SIM_NO_LIMITS": "1",
            "KIWOOM_SIM_SEED": "",
            "HOME": "/",
        }
    )
    assert {o.key: o.value for o in made} == {"doors.rest": 0, "wire.limits_enabled": False}
    assert overrides.from_environment({"KIWOOM_SIM_NO_LIMITS": "no"}) == []


def test_values_are_put_into_tables_and_lists_by_id() -> None:
    raw: dict[str, Any] = {
        "phase": [{"id": "calm"}, {"id": "storm", "set": {"wire.ping_misses": 1}}]
    }
    assert change(raw, "clock.speed", 3) == ""
    assert change(raw, "phase.storm.for", "5s") == ""
    assert change(raw, "phase.0.for", "6s") == ""
    assert change(raw, "phase.storm.set.wire.ping_misses", 2) == ""
    assert raw == {
        "clock": {"speed": 3},
        "phase": [
            {"id": "calm", "for": "6s"},
            {"id": "storm", "for": "5s", "set": {"wire.ping_misses": 2}},
        ],
    }


def test_a_way_that_leads_nowhere_is_told() -> None:
    raw: dict[str, Any] = {"seed": 1, "phase": [{"id": "calm"}, 5]}
    assert change(raw, "seed.x", 1) == "has no keys inside"
    assert change(raw, "phase.calm", 1) == "has no keys inside"
    assert change(raw, "phase.clam.for", 1) == 'unknown phase "clam"'


def test_a_change_can_be_shown() -> None:
    assert overrides.describe(Override(origin="--seed", key="seed", value=5)) == "seed = 5"
