"""Name the settings that a phase may change, and apply them.

They are the fields of `[wire]` ("wire.ping_interval") and of every `[[limit]]` by its name
("limit.per_api.rate"), as the config structs state them.
"""

from collections.abc import Iterable
from functools import cache

import msgspec

from kiwoom_sim.faults.phases import Phase, Setting
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.policies import Limit, built_in
from kiwoom_sim.scenario.fields import Field, fields_of
from kiwoom_sim.scenario.schema import Scenario

_FIXED = {"environment", "token_clock"}
"""Wire settings that hold for a whole run."""
_FIXED_OF_LIMITS = {"id", "profile", "match", "penalty"}


@cache
def limit_fields() -> tuple[Field, ...]:
    """Return the fields of a limit that a phase may change."""
    return tuple(field for field in fields_of(Limit) if field.key not in _FIXED_OF_LIMITS)


@cache
def settable(limits: tuple[str, ...]) -> dict[str, Field]:
    """Return the fields that a phase may change, by setting ("limit.per_api.rate").

    Args:
        limits: Names of the scenario's limits.
    """
    wire = {
        f"wire.{field.key}": field for field in fields_of(WireConfig) if field.key not in _FIXED
    }
    return wire | {
        f"limit.{name}.{field.key}": field for name in limits for field in limit_fields()
    }


def limits_named(settings: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the limits that settings are about."""
    parts = (setting.split(".", 1)[1] for setting in settings if setting.startswith("limit."))
    return tuple(dict.fromkeys(part.rpartition(".")[0] for part in parts))


def wire_in(scenario: Scenario, phase: Phase | None) -> WireConfig:
    """Return how the broker behaves on the wire while a phase is in force."""
    changes = _changes(phase, "wire", fields_of(WireConfig))
    return msgspec.structs.replace(scenario.wire, **changes) if changes else scenario.wire


def limits_in(scenario: Scenario, phase: Phase | None) -> tuple[Limit, ...]:
    """Return the rate limits while a phase is in force."""
    limits = scenario.limits or (built_in(scenario.wire.environment),)
    return tuple(
        msgspec.structs.replace(limit, **_changes(phase, f"limit.{limit.id}", limit_fields()))
        for limit in limits
    )


def _changes(phase: Phase | None, table: str, fields: Iterable[Field]) -> dict[str, Setting]:
    """Return the values of a table that a phase changes, by attribute."""
    settings = phase.settings if phase is not None else {}
    return {
        field.attribute: settings[name]
        for field in fields
        if (name := f"{table}.{field.key}") in settings
    }
