"""Name the settings that a phase may change, and apply them."""

from functools import cache

import msgspec

from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.scenario.fields import Field, fields_of
from kiwoom_sim.scenario.schema import Scenario

_FIXED = {"environment", "token_clock"}
"""Wire settings that hold for a whole run."""


@cache
def settable() -> dict[str, Field]:
    """Return the fields that a phase may change, by setting ("wire.rest_per_second")."""
    return {
        f"wire.{field.key}": field for field in fields_of(WireConfig) if field.key not in _FIXED
    }


def wire_in(scenario: Scenario, phase: Phase | None) -> WireConfig:
    """Return how the broker behaves on the wire while a phase is in force."""
    if phase is None or not phase.settings:
        return scenario.wire
    known = settable()
    changes = {known[name].attribute: value for name, value in phase.settings.items()}
    return msgspec.structs.replace(scenario.wire, **changes)
