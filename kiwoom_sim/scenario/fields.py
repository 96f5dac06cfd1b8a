"""State how a config struct looks in a file: keys, kinds of value, defaults, documentation.

The structs are the only source; the loader, `--set`, the JSON Schema, the resolved file and the
reference page all read them through this module. Rules for a field's name in a file:

```text
delay_ms          delay = "250ms"       wire time; "5s@market" is divided by the clock's speed
for_market_ms     for = "1m@market"     market time; "1m" is multiplied by the clock's speed
probability_bps   probability = "10%"
max_bytes         max = "256MB"
```

A field whose value is written in yet another way names that way in `Meta(extra={"toml": ...})`.
"""

import re
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc

import msgspec
from msgspec import Struct, inspect

_SUFFIXES = (
    ("_market_ms", "market-duration"),
    ("_ms", "duration"),
    ("_bps", "rate"),
    ("_bytes", "size"),
)
_ENTRY = re.compile(r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


class Field(Struct, frozen=True, kw_only=True):
    """Describe one field of a config struct.

    Attributes:
        key: Name in a file.
        attribute: Name in the struct.
        kind: How the value is written: "duration", "market-duration", "rate", "size",
            "frequency", "moment", "window", "at", "args", "body", "until", "settings", or "" for
            a plain TOML value.
        type: What the value is.
        required: Whether a file must give it.
        default: Value where a file does not give it; None if required.
        doc: Entry of the struct's docstring.
    """

    key: str
    attribute: str
    kind: str
    type: inspect.Type
    required: bool
    default: object
    doc: str


@cache
def fields_of(struct: type[Struct]) -> tuple[Field, ...]:
    """Return the fields of a config struct, in order."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    docs = documentation(struct)
    return tuple(_field(field, docs) for field in info.fields)


def _field(field: inspect.Field, docs: Mapping[str, str]) -> Field:
    kind, plain = _kind(field)
    default = field.default
    if default is msgspec.NODEFAULT:
        factory = field.default_factory
        default = None if factory is msgspec.NODEFAULT else factory()
    return Field(
        key=_key(field),
        attribute=field.name,
        kind=kind,
        type=plain,
        required=field.required,
        default=default,
        doc=docs.get(field.name.rstrip("_"), ""),
    )


def _key(field: inspect.Field) -> str:
    for suffix, _ in _SUFFIXES:
        if field.encode_name.endswith(suffix):
            return field.encode_name.removesuffix(suffix)
    return field.encode_name


def _kind(field: inspect.Field) -> tuple[str, inspect.Type]:
    named, plain = unwrap(field.type)
    if named:
        return named, plain
    for suffix, kind in _SUFFIXES:
        if field.name.endswith(suffix):
            return kind, plain
    return "", plain


def unwrap(wrapped: inspect.Type) -> tuple[str, inspect.Type]:
    """Return the kind that a type's metadata names ("" if none), and the bare type."""
    if isinstance(wrapped, inspect.Metadata):
        return str((wrapped.extra or {}).get("toml", "")), wrapped.type
    return "", wrapped


def alternatives(union: inspect.Type) -> tuple[inspect.Type, ...]:
    """Return what a type may be, leaving out None, which a file cannot write."""
    members = union.types if isinstance(union, inspect.UnionType) else (union,)
    bare = (unwrap(member)[1] for member in members)
    return tuple(member for member in bare if not isinstance(member, inspect.NoneType))


def tagged_structs(possible: tuple[inspect.Type, ...]) -> dict[str, type[Struct]]:
    """Return structs by tag; empty unless every alternative is a tagged struct."""
    found: dict[str, type[Struct]] = {}
    for member in possible:
        if not isinstance(member, inspect.StructType) or not isinstance(member.tag, str):
            return {}
        found[member.tag] = member.cls
    return found


def has_between(field: Field) -> bool:
    """Return whether there are values between two values of a field, so that it can be ramped."""
    is_number = isinstance(alternatives(field.type)[0], inspect.IntType)
    kinds = {"", "duration", "rate", "size"} if is_number else {"frequency"}
    return field.kind in kinds


def tag_field(struct: type[Struct]) -> str:
    """Return the key that names the kind of a tagged struct ("kind")."""
    return str(struct.__struct_config__.tag_field)


def documentation(struct: type[Struct]) -> dict[str, str]:
    """Return the entries of the "Attributes" section of a struct's docstring, by name.

    A struct that adds fields to another one documents only its own.
    """
    found: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        # Compilers of Python 3.13 and later take the indentation away, earlier ones leave it.
        _, _, section = cleandoc(each.__dict__.get("__doc__") or "").partition("Attributes:\n")
        found |= {name: " ".join(text.split()) for name, text in _ENTRY.findall(section)}
    return found


def summary(struct: type[Struct]) -> str:
    """Return the first line of a struct's docstring."""
    return (struct.__doc__ or "").strip().partition("\n")[0]
