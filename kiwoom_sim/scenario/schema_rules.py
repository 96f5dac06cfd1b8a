"""Say in JSON Schema what fields of one table mean for each other.

Only what is so in every file is said here: a file that extends another one may leave to that one
what a table needs.
"""

from typing import Any

from msgspec import Struct

from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.kinds.business_error import BusinessError
from kiwoom_sim.faults.match import Match, WsMatch
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.until import EVENT, FAULT, MEASURES
from kiwoom_sim.protocol.policies import Limit
from kiwoom_sim.protocol.refusals import rest_codes
from kiwoom_sim.scenario.schema import Scenario

Schema = dict[str, Any]


def _not_both(one: str, other: str) -> Schema:
    return {"not": {"required": [one, other]}}


_RULES: dict[type[Struct], Schema] = {
    Phase: {
        "dependentRequired": {"until": ["timeout"], "timeout": ["until"]},
        **_not_both("for", "until"),
    },
    Limit: {
        "if": {
            "properties": {"algorithm": {"enum": ["fixed_window", "sliding_window"]}},
            "required": ["algorithm"],
        },
        "then": {"not": {"required": ["burst"]}},
    },
    Match: _not_both("key", "app_key"),
    WsMatch: _not_both("key", "app_key"),
    Distribution: {
        "dependentRequired": {"p50": ["dist", "p99"], "p99": ["dist", "p50"]},
        **_not_both("delay", "range"),
    },
    Scenario: {"required": ["schema"]},
}


def rules_of(struct: type[Struct]) -> Schema:
    """Return what holds between the fields of a struct, as members of its schema."""
    return next((rules for known, rules in _RULES.items() if issubclass(struct, known)), {})


def values_of(struct: type[Struct]) -> dict[str, Schema]:
    """Return what fields of a struct may be beyond their types, by key."""
    if struct is Scenario:
        return {"latency": {"propertyNames": {"pattern": r"^(rest|ws)\..+$"}}}
    if struct is BusinessError:
        return {"code": {"enum": sorted(rest_codes())}}
    if struct is Phase:
        return {"until": {"pattern": _measure_pattern()}}
    return {}


def _measure_pattern() -> str:
    names = [name.replace(".", r"\.") for name in MEASURES]
    prefixes = [prefix.replace(".", r"\.") + ".+" for prefix in (EVENT, FAULT)]
    return f"^({'|'.join([*names, *prefixes])})( *(>=|<=|==|<|>) *[0-9]+)?$"
