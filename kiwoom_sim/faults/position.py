"""Say where a fault kind acts: before the world sees a request, instead of its answer, or after.

A kind with an `at` key lets the rule choose. Any other has one place of its own, which `at` may
name but not change. Kinds that are only about frames have none: a frame is nobody's answer.
"""

from msgspec import Struct, inspect

from kiwoom_sim.faults.scope import scope_of

AT = "at"
"""The key."""


def positions(kind: type[Struct]) -> tuple[str, ...]:
    """Return the places at which a kind may act, the usual one first; empty for frames."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        if field.name == AT:
            assert isinstance(field.type, inspect.LiteralType)
            others = (str(value) for value in field.type.values if value != field.default)
            return (str(field.default), *others)
    own = str(getattr(kind, "position", ""))
    if own:
        return (own,)
    if scope_of(kind).moments == ("frame",):
        return ()
    return ("after",) if hasattr(kind, "alter") else ("instead",)


def is_free(kind: type[Struct]) -> bool:
    """Return whether a rule may choose where a kind acts."""
    return AT in kind.__struct_fields__


def position_of(kind: Struct) -> str:
    """Return where a kind acts as a rule has it; "" for frames."""
    own = positions(type(kind))
    return str(getattr(kind, AT, own[0] if own else ""))
