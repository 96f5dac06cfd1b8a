"""Turn parsed TOML into config structs, table by table, and note everything that is wrong.

Not for: rules that span several tables (`checks.py`). A value that cannot be used becomes `BAD`
and its problem is noted; conversion goes on, so that a user hears of all problems at once.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct, inspect

from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.position import AT, is_free, positions
from kiwoom_sim.faults.ramps import Ramp
from kiwoom_sim.scenario import values
from kiwoom_sim.scenario.bounds import misfit, out_of_bounds
from kiwoom_sim.scenario.events import EventKind
from kiwoom_sim.scenario.fields import (
    Field,
    alternatives,
    fields_of,
    has_between,
    tag_field,
    tagged_structs,
)
from kiwoom_sim.scenario.problems import (
    Path,
    Problem,
    missing_key,
    no_table,
    unknown_key,
    unknown_setting,
    unknown_value,
)
from kiwoom_sim.scenario.settings import holds_always
from kiwoom_sim.scenario.values import ARROW, show

BAD: Final = msgspec.UNSET
"""Stands for a value that could not be used."""

Settings = dict[str, Field]
"""Fields that a phase may change, by setting ("limit.per_api.rate")."""

_READERS: dict[str, Callable[[object], object]] = {
    "rate": values.parse_rate,
    "size": values.parse_size,
    "moment": values.parse_moment,
    "args": values.parse_args,
    "body": values.parse_body,
    "until": values.parse_until,
}
_WIRE_READERS: dict[str, Callable[[object, int], object]] = {
    "at": values.parse_at,
    "frequency": values.parse_frequency,
    "window": values.parse_window,
}
"""Readers of wire time, which know the speed of the market."""
_DOORS = {"rule": "rest", "ws": "ws"}
_NOUNS = {"rule": "fault kind", "ws": "fault kind", "event": "event kind"}
_PLACES = {"rule": "[[rule]] or [[ws]]", "event": "[[event]]"}


class Converter:
    """Convert values and collect problems.

    Attributes:
        problems: What was wrong so far.
    """

    def __init__(self, *, speed: int, settings: Settings) -> None:
        self.problems: list[Problem] = []
        self._speed = speed
        self._settings = settings

    def struct(self, struct: type[Struct], raw: object, path: Path) -> Any:
        """Return a struct made from a table, or BAD."""
        found = self.parts(struct, raw, path)
        if found is None or BAD in found.values():
            return BAD
        made = struct(**found)
        mistake = made.mistake() if hasattr(made, "mistake") else ""
        if mistake:
            self._note(path, mistake)
        return made

    def parts(self, struct: type[Struct], raw: object, path: Path) -> dict[str, Any] | None:
        """Return the values of a table by attribute, or None if it is no table."""
        fields = fields_of(struct)
        keys = [field.key for field in fields]
        if not isinstance(raw, dict):
            self.problems.append(no_table(path, raw, keys))
            return None
        raw = _folded(raw, fields)
        tag = tag_field(struct) if struct.__struct_config__.tag else ""
        allowed = [tag, *keys] if tag else keys
        for key in raw:
            if key not in allowed:
                self.problems.append(unknown_key((*path, key), allowed))
        found: dict[str, Any] = {}
        for field in fields:
            if field.key in raw:
                found[field.attribute] = self.field(field, raw[field.key], (*path, field.key))
            elif field.required:
                self.problems.append(missing_key((*path, field.key)))
                found[field.attribute] = BAD
        return found if not set(raw) - set(allowed) else {**found, "": BAD}

    def field(self, field: Field, raw: object, path: Path) -> Any:
        """Return the value of a field, or BAD."""
        if field.kind in {"", "duration", "market-duration"}:
            return self._value(field.type, field.kind, raw, path)
        if field.kind == "settings":
            return self._set(raw, path)
        try:
            if field.kind in _WIRE_READERS:
                value = _WIRE_READERS[field.kind](raw, self._speed)
            else:
                value = _READERS[field.kind](raw)
        except ValueError as error:
            return self._note(path, str(error))
        member = alternatives(field.type)[0]
        if isinstance(member, inspect.IntType) and isinstance(value, int):
            return self._bounded(member, field.kind, value, raw, path)
        return value

    def item(self, field: Field, raw: object, path: Path) -> Any:
        """Return one item of a field that is a list, or BAD."""
        assert isinstance(field.type, inspect.VarTupleType)
        return self._value(field.type.item_type, field.kind, raw, path)

    def _bounded(
        self, member: inspect.IntType, kind: str, value: int, raw: object, path: Path
    ) -> Any:
        """Return a value that was written with a unit, if it is inside its bounds."""
        fault = out_of_bounds(member, value, kind)
        return self._note(path, f"{show(raw)} is {fault}") if fault else value

    def _set(self, raw: object, path: Path) -> Any:
        if not isinstance(raw, dict):
            return self._note(path, f"{show(raw)} is not a table of settings")
        made: dict[str, Any] = {}
        for name, value, place in _flat(raw, path):
            if name not in self._settings:
                if holds_always(name):
                    self._note(place, f"{name} holds for the whole run; no phase changes it")
                else:
                    self.problems.append(unknown_setting(place, name, self._settings))
                made[name] = BAD
            else:
                made[name] = self._setting(self._settings[name], value, place)
        return BAD if BAD in made.values() else made

    def _setting(self, field: Field, raw: object, path: Path) -> Any:
        """Return the value of a setting, a ramp if it goes from one to another."""
        if not isinstance(raw, str) or ARROW not in raw:
            return self.field(field, raw, path)
        if not has_between(field):
            return self._note(path, f"{show(raw)} is a ramp, but there is nothing in between")
        sides = [part.strip() for part in raw.split(ARROW)]
        if len(sides) != 2:
            return self._note(path, f'{show(raw)} is no ramp; write it as "1 -> 10"')
        made = [self.field(field, int(s) if s.isdecimal() else s, path) for s in sides]
        return BAD if BAD in made else Ramp(*made)

    def _value(self, wanted: inspect.Type, kind: str, raw: object, path: Path) -> Any:
        possible = alternatives(wanted)
        tagged = tagged_structs(possible)
        if tagged:
            return self._tagged(tagged, raw, path)
        member = possible[0]
        match member:
            case inspect.StructType(cls=struct):
                return self.struct(struct, raw, path)
            case inspect.VarTupleType(item_type=item):
                return self._list(member, item, kind, raw, path)
            case inspect.TupleType(item_types=items):
                return self._fixed(items, kind, raw, path)
            case inspect.DictType(value_type=item):
                return self._dict(item, kind, raw, path)
            case _:
                read = self._duration if kind else self._plain
                return read(member, kind, raw, path)

    def _fixed(self, items: tuple[inspect.Type, ...], kind: str, raw: object, path: Path) -> Any:
        if not isinstance(raw, list) or len(raw) != len(items):
            return self._note(path, f"{show(raw)} is not a list of {len(items)} values")
        pairs = enumerate(zip(items, raw, strict=True))
        return self._items([self._value(i, kind, part, (*path, n)) for n, (i, part) in pairs])

    def _dict(self, item: inspect.Type, kind: str, raw: object, path: Path) -> Any:
        if not isinstance(raw, dict):
            return self._note(path, f"{show(raw)} is not a table")
        made = {key: self._value(item, kind, raw[key], (*path, key)) for key in raw}
        return BAD if BAD in made.values() else made

    def _duration(self, member: inspect.Type, kind: str, raw: object, path: Path) -> Any:
        read = values.wire_duration if kind == "duration" else values.market_duration
        try:
            milliseconds = read(raw, self._speed)
        except ValueError as error:
            return self._note(path, str(error))
        assert isinstance(member, inspect.IntType)
        return self._bounded(member, kind, milliseconds, raw, path)

    def _tagged(self, tagged: dict[str, type[Struct]], raw: object, path: Path) -> Any:
        key = tag_field(next(iter(tagged.values())))
        if not isinstance(raw, dict):
            named = show(raw) if isinstance(raw, str) else "..."
            return self._note(path, f"{show(raw)} is not a table; write {{ {key} = {named} }}")
        table = str(path[0])
        allowed = [name for name, struct in tagged.items() if _belongs(struct, table)]
        if key not in raw:
            self.problems.append(missing_key((*path, key), allowed))
            return BAD
        kind = raw[key]
        if not isinstance(kind, str) or kind not in tagged:
            self.problems.append(self._unknown_kind((*path, key), kind, table, allowed))
            return BAD
        if table in _DOORS and AT in raw:
            raw = self._placed(tagged[kind], raw, path)
        return self.struct(tagged[kind], raw, path)

    def _unknown_kind(self, path: Path, kind: object, table: str, allowed: list[str]) -> Problem:
        for other, names in _kinds().items():
            if table in _NOUNS and other != table and kind in names:
                message = f"{show(kind)} is no {_NOUNS[table]}; write it under {_PLACES[other]}"
                return Problem(path=path, message=message)
        wrong = kind if isinstance(kind, str) else show(kind)
        return unknown_value(path, _NOUNS.get(table, "kind"), wrong, allowed)

    def _placed(self, kind: type[Struct], raw: dict[str, Any], path: Path) -> dict[str, Any]:
        """Return the table of a fault, its `at` left out where it is wrong or has no choice."""
        at, allowed = raw[AT], positions(kind)
        if at not in allowed:
            name = kind.__struct_config__.tag
            message = f"{name} acts on frames as they leave; it takes no at"
            if allowed:
                message = f"{show(at)} is not where {name} acts"
            wrong = at if isinstance(at, str) else ""
            self.problems.append(
                Problem(path=(*path, AT), message=message, allowed=allowed, wrong=wrong)
            )
        if at in allowed and is_free(kind):
            return raw
        return {key: value for key, value in raw.items() if key != AT}

    def _list(
        self, wanted: inspect.VarTupleType, item: inspect.Type, kind: str, raw: object, path: Path
    ) -> Any:
        possible = alternatives(item)
        is_table_list = isinstance(possible[0], inspect.StructType) and not tagged_structs(possible)
        if is_table_list and not isinstance(raw, list):
            return self._note(path, f"must be a list of tables; write [[{path[-1]}]]")
        if not isinstance(raw, list):
            return self._items([self._value(item, kind, raw, path)])
        if wanted.min_length is not None and len(raw) < wanted.min_length:
            return self._note(path, "is an empty list")
        made = [self._value(item, kind, part, (*path, i)) for i, part in enumerate(raw)]
        return self._items(made)

    def _items(self, made: list[Any]) -> Any:
        return BAD if BAD in made else tuple(made)

    def _plain(self, member: inspect.Type, _kind: str, raw: object, path: Path) -> Any:
        match member:
            case inspect.LiteralType(values=choices):
                return self._choice(choices, raw, path)
            case inspect.BoolType():
                fault = "" if isinstance(raw, bool) else "not true or false"
            case inspect.IntType():
                fault = "not a whole number"
                if isinstance(raw, int) and not isinstance(raw, bool):
                    fault = out_of_bounds(member, raw)
            case inspect.StrType():
                fault = misfit(member, raw) if isinstance(raw, str) else "not a text in quotes"
            case _:
                raise AssertionError(f"a config struct holds {member}")
        return self._note(path, f"{show(raw)} is {fault}") if fault else raw

    def _choice(self, choices: tuple[Any, ...], raw: object, path: Path) -> Any:
        if any(raw == choice and type(raw) is type(choice) for choice in choices):
            return raw
        names = [str(choice) for choice in choices]
        wrong = raw if isinstance(raw, str) and raw not in names else ""
        self.problems.append(
            Problem(
                path=path,
                message=f"unknown value {show(raw)}",
                allowed=tuple(sorted(names)),
                wrong=wrong,
            )
        )
        return BAD

    def _note(self, path: Path, message: str) -> Any:
        self.problems.append(Problem(path=path, message=message))
        return BAD


@cache
def _kinds() -> dict[str, frozenset[str]]:
    """Return the names of fault kinds and of event kinds, by the table that they belong to."""
    unions = {"rule": get_args(FaultKind), "event": get_args(EventKind)}
    return {
        table: frozenset(str(kind.__struct_config__.tag) for kind in kinds)
        for table, kinds in unions.items()
    }


def _belongs(struct: type[Struct], table: str) -> bool:
    """Return whether a kind may stand in a table; fault kinds know the doors they work at."""
    return table not in _DOORS or _DOORS[table] in getattr(struct, "doors", _DOORS.values())


def _folded(raw: dict[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return a table with `"body.stk_cd" = ...` moved to `body = { stk_cd = ... }`."""
    tables = {field.key for field in fields if isinstance(field.type, inspect.DictType)}
    made: dict[str, Any] = {}
    for key, value in raw.items():
        head, dot, rest = key.partition(".")
        if dot and head in tables and isinstance(raw.get(head, {}), dict):
            made[head] = {**made.get(head, raw.get(head, {})), rest: value}
        elif key not in made:
            made[key] = value
    return made


def _flat(raw: dict[str, Any], path: Path, prefix: str = "") -> list[tuple[str, Any, Path]]:
    """Return (setting, value, place) of a table in which dots may be nested tables."""
    flat: list[tuple[str, Any, Path]] = []
    for key, value in raw.items():
        if isinstance(value, dict):
            flat += _flat(value, (*path, key), f"{prefix}{key}.")
        else:
            flat.append((prefix + key, value, (*path, key)))
    return flat
