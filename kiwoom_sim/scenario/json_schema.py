"""Make the JSON Schema of a scenario from its structs, for editors.

The packaged `schema.json` is this module's output; a test keeps it fresh. It describes values as
an editor sees them: TOML dates and times are texts there.
"""

from typing import Any

from msgspec import Struct, inspect

from kiwoom_sim.faults.position import AT, is_free, positions
from kiwoom_sim.scenario.fields import (
    Field,
    alternatives,
    fields_of,
    has_between,
    summary,
    tag_field,
    tagged_structs,
)
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.schema_rules import rules_of, values_of
from kiwoom_sim.scenario.settings import latency_fields, limit_fields, settable
from kiwoom_sim.scenario.values import (
    AT_PATTERN,
    DURATION_PATTERN,
    FREQUENCY_PATTERN,
    MOMENT_PATTERN,
    RAMP_PATTERN,
    RATE_PATTERN,
    SIZE_PATTERN,
    UNTIL_PATTERN,
    WINDOW_PATTERN,
)

Schema = dict[str, Any]

_DURATION: Schema = {"type": "string", "pattern": DURATION_PATTERN}


def _window(start: str) -> Schema:
    end = {"type": "string", "pattern": WINDOW_PATTERN.replace("^", f"^{start}", 1)}
    return {"type": "array", "items": end, "minItems": 2, "maxItems": 2}


_KINDS: dict[str, Schema] = {
    "rate": {
        "anyOf": [
            {"type": "string", "pattern": RATE_PATTERN},
            {"type": "number", "minimum": 0, "maximum": 1},
        ]
    },
    "frequency": {"type": "string", "pattern": FREQUENCY_PATTERN},
    "size": {"type": "string", "pattern": SIZE_PATTERN},
    "moment": {"type": "string", "pattern": MOMENT_PATTERN},
    "window": {"anyOf": [_window(""), _window(r"\+")]},
    "at": {"type": "string", "pattern": AT_PATTERN},
    "args": {"type": "object"},
    "body": {"type": ["object", "string"]},
    "until": {"type": "string", "pattern": UNTIL_PATTERN},
}


def scenario_schema() -> Schema:
    """Return the JSON Schema of a scenario file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kiwoom-sim scenario, schema 1",
        **_struct(Scenario),
    }


def _struct(struct: type[Struct]) -> Schema:
    fields = fields_of(struct)
    properties = {field.key: _field(field) for field in fields}
    properties |= {field.key: _faults(field, door) for field, door in _rule_parts(fields)}
    required = [field.key for field in fields if field.required]
    tag = struct.__struct_config__.tag
    if isinstance(tag, str):
        properties = {tag_field(struct): {"const": tag}, **properties}
        required = [tag_field(struct), *required]
    schema: Schema = {
        "type": "object",
        "description": summary(struct),
        "properties": properties,
        "additionalProperties": False,
    }
    prefixes = [field for field in fields if _has_prefix(field)]
    if any(not field.kind for field in prefixes):
        schema["patternProperties"] = {
            f"^{field.key}\\..+": _value(field.type.value_type, "")
            for field in prefixes
            if isinstance(field.type, inspect.DictType)
        }
    if required:
        schema["required"] = required
    for key, more in values_of(struct).items():
        properties[key] |= more
    return schema | rules_of(struct)


def _rule_parts(fields: tuple[Field, ...]) -> list[tuple[Field, str]]:
    """Return the field of a rule that holds fault kinds, with the door that the rule is about."""
    types = [field.type for field in fields if isinstance(field.type, inspect.StructType)]
    doors = [door for wanted in types if (door := getattr(wanted.cls, "door", ""))]
    return [(field, door) for field in fields if field.key == "do" for door in doors]


def _faults(field: Field, door: str) -> Schema:
    """Return the schema of what a rule does: kinds that work at its door."""
    assert isinstance(field.type, inspect.VarTupleType)
    kinds = tagged_structs(alternatives(field.type.item_type)).values()
    one: Schema = {"oneOf": [_fault(kind) for kind in kinds if door in getattr(kind, "doors", ())]}
    many: Schema = {"type": "array", "items": one, "minItems": 1}
    return {"description": field.doc, "anyOf": [one, many]}


def _fault(kind: type[Struct]) -> Schema:
    """Return the schema of a fault kind, whose place may always be named."""
    schema = _struct(kind)
    if not is_free(kind) and positions(kind):
        schema["properties"][AT] = {"const": positions(kind)[0]}
    return schema


def _has_prefix(field: Field) -> bool:
    """Return whether a table may be written key by key ("body.stk_cd")."""
    return isinstance(field.type, inspect.DictType) and not isinstance(
        field.type.value_type, inspect.StructType
    )


def _field(field: Field) -> Schema:
    if field.kind == "settings":
        schema = _settings()
    elif field.kind in _KINDS:
        schema = dict(_KINDS[field.kind])
    else:
        schema = _value(field.type, field.kind)
    return {"description": field.doc, **schema} if field.doc else schema


def _settings() -> Schema:
    """Return the schema of `set`; a setting may also be written as tables inside each other."""
    known = {name: _setting(setting) for name, setting in settable(()).items()}
    named = (("limit", limit_fields()), ("latency", latency_fields()))
    tables = [*(name.partition(".")[0] for name in known), *(table for table, _ in named)]
    return {
        "type": "object",
        "properties": {**known, **{table: {"type": "object"} for table in tables}},
        "patternProperties": {
            rf"^{table}\..+\.{field.key}$": _setting(field)
            for table, fields in named
            for field in fields
        },
        "additionalProperties": False,
    }


def _setting(field: Field) -> Schema:
    """Return the schema of a value that a phase sets, once for all or as a ramp."""
    schema = _field(field)
    if not has_between(field):
        return schema
    description = {"description": field.doc} if field.doc else {}
    plain = {key: value for key, value in schema.items() if key != "description"}
    return {**description, "anyOf": [plain, {"type": "string", "pattern": RAMP_PATTERN}]}


def _value(wanted: inspect.Type, kind: str) -> Schema:
    possible = alternatives(wanted)
    tagged = tagged_structs(possible)
    if tagged:
        return {"oneOf": [_struct(struct) for struct in tagged.values()]}
    member = possible[0]
    match member:
        case inspect.StructType(cls=struct):
            return _struct(struct)
        case inspect.VarTupleType(item_type=item):
            return _list(item, kind)
        case inspect.TupleType(item_types=items):
            count = len(items)
            item_schema = _value(items[0], kind)
            return {"type": "array", "items": item_schema, "minItems": count, "maxItems": count}
        case inspect.DictType(value_type=item):
            return {"type": "object", "additionalProperties": _value(item, kind)}
        case _:
            return dict(_DURATION) if kind else _plain(member)


def _list(item: inspect.Type, kind: str) -> Schema:
    """Return the schema of a list; a list of plain values or kinds may be written as one value."""
    one = _value(item, kind)
    many: Schema = {"type": "array", "items": one}
    possible = alternatives(item)
    if isinstance(possible[0], inspect.StructType) and not tagged_structs(possible):
        return many
    return {"anyOf": [one, {**many}]}


def _plain(member: inspect.Type) -> Schema:
    match member:
        case inspect.LiteralType(values=choices):
            return {"enum": list(choices)}
        case inspect.BoolType():
            return {"type": "boolean"}
        case inspect.IntType(ge=low, le=high):
            bounds = {"minimum": low, "maximum": high}
            return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}
        case inspect.StrType(min_length=low, max_length=high, pattern=pattern):
            limits = {"minLength": low, "maxLength": high, "pattern": pattern}
            return {"type": "string", **{k: v for k, v in limits.items() if v is not None}}
        case _:
            raise AssertionError(f"a config struct holds {member}")
