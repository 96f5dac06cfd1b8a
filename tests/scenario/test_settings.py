from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import settable, wire_in


def test_settings_are_the_wire_of_a_scenario_as_a_file_names_them() -> None:
    assert {"wire.rest_per_second", "wire.ping_interval"} <= set(settable())
    assert "wire.environment" not in settable()


def test_a_phase_changes_the_wire_while_it_lasts() -> None:
    scenario = Scenario(name="s", wire=WireConfig(ping_misses=3))
    phase = Phase(id="p", settings={"wire.rest_per_second": 2, "wire.ping_interval": 500})
    wire = wire_in(scenario, phase)
    assert (wire.rest_per_second, wire.ping_interval_ms, wire.ping_misses) == (2, 500, 3)


def test_without_a_phase_the_plain_settings_hold() -> None:
    scenario = Scenario(name="s")
    assert wire_in(scenario, None) is scenario.wire
    assert wire_in(scenario, Phase(id="p")) is scenario.wire
