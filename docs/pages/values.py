"""Say how a value of a scenario is written: its form, its bounds, its default."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct, inspect

from docs.pages.markdown import Language, code, words
from kiwoom_sim.scenario import values
from kiwoom_sim.scenario.fields import Field, alternatives, fields_of, tagged_structs
from kiwoom_sim.scenario.values import show

_WRITERS: dict[str, Callable[[Any], object]] = {
    "duration": values.write_duration,
    "market-duration": lambda ms: values.write_duration(ms) + "@market",
    "rate": values.write_rate,
    "frequency": values.write_frequency,
    "size": values.write_size,
    "moment": values.write_moment,
    "window": values.write_window,
    "at": values.write_at,
    "until": values.write_until,
}


def form(field: Field, language: Language) -> str:
    """Return how a field's value is written and what is allowed."""
    known = words(language)["value"]
    if field.kind in {"duration", "market-duration"} and _is_pair(field.type):
        return '`["100ms", "600ms"]`'
    if field.kind:
        return str(known[field.kind])
    return _plain_form(field.type, known)


def _is_pair(wanted: inspect.Type) -> bool:
    return isinstance(alternatives(wanted)[0], inspect.TupleType)


def _plain_form(wanted: inspect.Type, known: dict[str, str]) -> str:
    possible = alternatives(wanted)
    if tagged_structs(possible):
        return known["kind"]
    member = possible[0]
    if isinstance(member, inspect.StructType):
        return known["table"]
    if isinstance(member, inspect.VarTupleType):
        return _list_form(member.item_type, known)
    if isinstance(member, inspect.DictType):
        if isinstance(member.value_type, inspect.StructType):
            return known["dict-tables"]
        return known["dict"].format(_plain_form(member.value_type, known))
    return _single_form(member, known)


def _single_form(member: inspect.Type, known: dict[str, str]) -> str:
    form = known["text"]
    match member:
        case inspect.TupleType(item_types=items):
            form = code("[" + ", ".join("n" for _ in items) + "]")
        case inspect.LiteralType(values=choices):
            form = ", ".join(code(show(choice)) for choice in choices)
        case inspect.BoolType():
            form = known["bool"]
        case inspect.IntType(ge=low, le=high):
            form = known["int"] + _bounds(low, high)
        case inspect.StrType(pattern=pattern) if pattern:
            form = known["pattern"].format(pattern)
        case _:
            pass
    return form


def _list_form(item: inspect.Type, known: dict[str, str]) -> str:
    possible = alternatives(item)
    if tagged_structs(possible):
        return known["kinds"]
    if isinstance(possible[0], inspect.StructType):
        return known["tables"]
    return known["list"].format(_plain_form(item, known))


def _bounds(low: int | float | None, high: int | float | None) -> str:
    if low is not None and high is not None:
        return f", {low:,}–{high:,}"
    if low is not None:
        return f" ≥ {low:,}"
    return f" ≤ {high:,}" if high is not None else ""


def default(field: Field, language: Language) -> str:
    """Return a field's default the way a file writes it."""
    known = words(language)["value"]
    if field.required:
        return f"**{known['required']}**"
    value = field.default
    if field.kind == "moment":
        return code(show(values.write_moment(value)))  # type: ignore[arg-type] # a moment
    if value is None or value in ((), {}) or isinstance(value, Struct):
        return ""
    writer = _WRITERS.get(field.kind)
    return code(show(writer(value) if writer else value))


def rows(struct: type[Struct], language: Language) -> list[tuple[str, str, str, str]]:
    """Return a table row for each field of a config struct: key, form, default, meaning."""
    return [
        (code(field.key), form(field, language), default(field, language), field.doc)
        for field in fields_of(struct)
    ]
