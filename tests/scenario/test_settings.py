import pytest

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.policies import Limit, built_in
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import (
    holds_always,
    latencies_of,
    latency_in,
    limit_fields,
    limits_in,
    limits_named,
    settable,
    waits_named,
    wire_in,
)


def test_settings_are_the_wire_and_the_limits_of_a_scenario_as_a_file_names_them() -> None:
    known = set(settable(("per_api", "a.b")))
    assert {"wire.ping_interval", "limit.per_api.rate", "limit.a.b.shadow"} <= known
    assert not {"wire.environment", "limit.per_api.id", "limit.per_api.penalty"} & known
    assert not {name for name in settable(()) if name.startswith("limit.")}


def test_the_fields_of_a_limit_may_change_but_not_what_it_is_about() -> None:
    keys = {field.key for field in limit_fields()}
    assert keys == {
        "rate", "burst", "algorithm", "scope", "codes_max", "shadow", "status", "code",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "is_fixed"),
    [
        ("wire.environment", True),
        ("clock.speed", True),
        ("limit.per_api.profile", True),
        ("limit.per_app.rate", False),
        ("wire.pings", False),
        ("phase.calm.for", False),
        ("speed", False),
    ],
)
def test_what_is_settled_for_the_whole_run_is_known(name: str, is_fixed: bool) -> None:
    assert holds_always(name) == is_fixed


def test_a_phase_changes_waits_and_gives_them_back() -> None:
    wait, other = Distribution(delay_ms=5), Distribution(delay_ms=9)
    phase = Phase(id="p", for_ms=10, settings={"latency.rest.*.delay": 50})
    scenario = Scenario(name="s", phases=(phase,), latency={"rest.*": wait, "ws.*": other})
    assert latency_in(scenario, phase) == {"rest.*": Distribution(delay_ms=50), "ws.*": other}
    changes = latencies_of(scenario, [(0, phase), (10, None)])
    assert [(ms, table["rest.*"].delay_ms) for ms, table in changes] == [(0, 50), (10, 5)]
    assert waits_named(phase.settings) == ("rest.*",)
    assert latencies_of(Scenario(name="s", phases=(Phase(id="p"),)), [(0, None)]) == []


def test_limits_are_found_by_the_settings_about_them() -> None:
    settings = ["limit.a.rate", "wire.ping_misses", "limit.b.c.burst", "limit.a.burst"]
    assert limits_named(settings) == ("a", "b.c")


def test_a_phase_changes_the_wire_while_it_lasts() -> None:
    scenario = Scenario(name="s", wire=WireConfig(ping_misses=3))
    phase = Phase(id="p", settings={"wire.login_wait": 2, "wire.ping_interval": 500})
    wire = wire_in(scenario, phase)
    assert (wire.login_wait_ms, wire.ping_interval_ms, wire.ping_misses) == (2, 500, 3)
    assert limits_in(scenario, phase) == (built_in("real"),)


def test_a_phase_changes_one_limit_while_it_lasts() -> None:
    first, second = Limit(id="a", rate=Rate(5)), Limit(id="a.rate", rate=Rate(9))
    scenario = Scenario(name="s", limits=(first, second))
    phase = Phase(id="p", settings={"limit.a.rate": Rate(1), "limit.a.rate.burst": 2})
    changed = limits_in(scenario, phase)
    assert [(limit.rate, limit.burst) for limit in changed] == [(Rate(1), None), (Rate(9), 2)]
    assert wire_in(scenario, phase) is scenario.wire
    assert limits_in(scenario, None) == (first, second)


def test_without_a_phase_the_plain_settings_hold() -> None:
    scenario = Scenario(name="s", wire=WireConfig(environment="demo"))
    assert wire_in(scenario, None) is scenario.wire
    assert wire_in(scenario, Phase(id="p")) is scenario.wire
    assert limits_in(scenario, Phase(id="p")) == (built_in("demo"),)
