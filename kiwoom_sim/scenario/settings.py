"""Name the settings that a phase may change, and apply them.

They are `market.tick_rate`, the fields of `[wire]` ("wire.ping_interval"), of every `[[limit]]` by
its name ("limit.per_api.rate") and of every wait in `[latency]` by its pattern
("latency.rest.*.p50"), as the config structs state them.
"""

from collections.abc import Iterable
from functools import cache

import msgspec
from msgspec import inspect

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.phases import Phase, Setting
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.policies import Limit, built_in
from kiwoom_sim.scenario.fields import Field, alternatives, fields_of
from kiwoom_sim.scenario.schema import Scenario

_FIXED = {"environment", "token_clock"}
"""Wire settings that hold for a whole run."""
_MARKET = ("tick_rate",)
"""Settings of the market that a phase may change."""
_TICK_RATE = "market.tick_rate"
_FIXED_OF_LIMITS = {"id", "profile", "match", "penalty"}
_WAITS = {"delay", "jitter", "p50", "p99"}
"""Keys of a wait that a phase may change: those that are one duration."""


@cache
def limit_fields() -> tuple[Field, ...]:
    """Return the fields of a limit that a phase may change."""
    return tuple(field for field in fields_of(Limit) if field.key not in _FIXED_OF_LIMITS)


@cache
def latency_fields() -> tuple[Field, ...]:
    """Return the fields of a wait in `[latency]` that a phase may change."""
    return tuple(field for field in fields_of(Distribution) if field.key in _WAITS)


@cache
def settable(limits: tuple[str, ...], waits: tuple[str, ...] = ()) -> dict[str, Field]:
    """Return the fields that a phase may change, by setting ("limit.per_api.rate").

    Args:
        limits: Names of the scenario's limits.
        waits: Patterns of its `[latency]` table.
    """
    wire = {
        f"wire.{field.key}": field for field in fields_of(WireConfig) if field.key not in _FIXED
    }
    named = (("limit", limits, limit_fields()), ("latency", waits, latency_fields()))
    market = {
        f"market.{field.key}": field for field in fields_of(MarketConfig) if field.key in _MARKET
    }
    return (
        wire
        | market
        | {
            f"{table}.{name}.{field.key}": field
            for table, names, fields in named
            for name in names
            for field in fields
        }
    )


def tick_rate_in(scenario: Scenario, phase: Phase | None) -> Rate | None:
    """Return how many trades a symbol has at least in a stretch of market time in a phase."""
    rate = phase.settings.get(_TICK_RATE) if phase is not None else None
    rate = rate or scenario.market.tick_rate
    return Rate(rate.count, rate.per_ms * scenario.clock.speed) if rate is not None else None


def holds_always(name: str) -> bool:
    """Return whether a key exists but is settled for the whole run ("wire.environment")."""
    table, _, key = name.partition(".")
    field = next((field for field in fields_of(Scenario) if field.key == table), None)
    if field is None:
        return False
    if table == "limit":
        return name.rpartition(".")[2] in _FIXED_OF_LIMITS
    member = alternatives(field.type)[0]
    return isinstance(member, inspect.StructType) and any(
        inner.key == key for inner in fields_of(member.cls)
    )


def limits_named(settings: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the limits that settings are about."""
    return _named("limit.", settings)


def waits_named(settings: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns of `[latency]` that settings are about."""
    return _named("latency.", settings)


def _named(table: str, settings: Iterable[str]) -> tuple[str, ...]:
    parts = (setting.removeprefix(table) for setting in settings if setting.startswith(table))
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


def latency_in(scenario: Scenario, phase: Phase | None) -> dict[str, Distribution]:
    """Return the everyday waits while a phase is in force."""
    return {
        pattern: msgspec.structs.replace(
            wait, **_changes(phase, f"latency.{pattern}", latency_fields())
        )
        for pattern, wait in scenario.latency.items()
    }


def latencies_of(
    scenario: Scenario, changes: Iterable[tuple[int, Phase | None]]
) -> list[tuple[int, dict[str, Distribution]]]:
    """Return from which wire time which everyday waits hold; empty if no phase changes any."""
    settings = (name for phase in scenario.phases for name in phase.settings)
    if not any(name.startswith("latency.") for name in settings):
        return []
    return [(wire_ms, latency_in(scenario, phase)) for wire_ms, phase in changes]


def _changes(phase: Phase | None, table: str, fields: Iterable[Field]) -> dict[str, Setting]:
    """Return the values of a table that a phase changes, by attribute."""
    settings = phase.settings if phase is not None else {}
    return {
        field.attribute: settings[name]
        for field in fields
        if (name := f"{table}.{field.key}") in settings
    }
