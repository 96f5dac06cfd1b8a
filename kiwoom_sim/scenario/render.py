"""Write a scenario as TOML: the resolved file of a run, from which it can be run again.

Everything is written out, defaults too, so that a later version with other defaults still reads
the same scenario. Reading the text back gives an equal `Scenario`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from kiwoom_sim.faults.ramps import Ramp
from kiwoom_sim.scenario import values
from kiwoom_sim.scenario.extends import KEY
from kiwoom_sim.scenario.fields import Field, fields_of, tag_field
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import limits_named, settable, waits_named
from kiwoom_sim.scenario.values import ARROW, show, show_key
from kiwoom_sim.scenario.variables import protect

_WRITERS: dict[str, Callable[[Any], object]] = {
    "rate": values.write_rate,
    "frequency": values.write_frequency,
    "size": values.write_size,
    "moment": values.write_moment,
    "window": values.write_window,
    "at": values.write_at,
    "until": values.write_until,
}
_BLOCKS = ("clock", "market", "wire", "doors", "journal")
_LISTS = ("account", "limit", "phase", "rule", "ws", "stub", "event")


def render_scenario(scenario: Scenario) -> str:
    """Return the TOML text of a scenario; reading it back gives an equal scenario."""
    table = protect(plain(scenario))
    del table[KEY]
    lines = [
        f"{show_key(key)} = {show(value)}"
        for key, value in table.items()
        if key not in (*_BLOCKS, *_LISTS)
    ]
    for key in _BLOCKS:
        lines += ["", f"[{key}]", *_pairs(table[key])]
    for key in _LISTS:
        for item in table.get(key, []):
            lines += ["", f"[[{key}]]", *_pairs(item)]
    return "\n".join(lines) + "\n"


def plain(struct: Struct) -> dict[str, Any]:
    """Return a config struct as the table that a file would hold; what is not set is left out."""
    table: dict[str, Any] = {}
    if struct.__struct_config__.tag:
        table[tag_field(type(struct))] = struct.__struct_config__.tag
    for field in fields_of(type(struct)):
        value = getattr(struct, field.attribute)
        is_now = field.kind == "moment" and value is None
        if is_now or (value is not None and value not in ((), {})):
            table[field.key] = _plain_value(field, value)
    return table


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{show_key(key)} = {show(value)}" for key, value in table.items()]


def _plain_value(field: Field, value: Any) -> Any:
    if field.kind == "settings":
        known = settable(limits_named(value), waits_named(value))
        return {name: _plain_setting(known[name], setting) for name, setting in value.items()}
    if field.kind in {"duration", "market-duration"}:
        return _durations(value, "@market" if field.kind == "market-duration" else "")
    if field.kind in _WRITERS:
        return _WRITERS[field.kind](value)
    return _plain_item(value)


def _plain_setting(field: Field, value: Any) -> Any:
    if isinstance(value, Ramp):
        ends = (_plain_value(field, end) for end in (value.first, value.last))
        return f" {ARROW} ".join(map(str, ends))
    return _plain_value(field, value)


def _durations(value: Any, unit_suffix: str) -> Any:
    if isinstance(value, tuple):
        return [_durations(item, unit_suffix) for item in value]
    return values.write_duration(value) + unit_suffix


def _plain_item(value: Any) -> Any:
    if isinstance(value, Struct):
        return plain(value)
    if isinstance(value, tuple):
        return [_plain_item(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain_item(item) for key, item in value.items()}
    return value
