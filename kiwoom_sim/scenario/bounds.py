"""Say what is wrong with a value that is of the right type but not one that may stand there.

Bounds come from the config structs; they are told in the unit in which a file writes the value.
"""

from collections.abc import Callable
from re import search
from typing import Literal

from msgspec import inspect

from kiwoom_sim.scenario.values import write_duration, write_rate, write_size

_WRITERS: dict[str, Callable[[int], str]] = {
    "duration": write_duration,
    "market-duration": write_duration,
    "rate": write_rate,
    "size": write_size,
}
_FORMS = {
    "^[a-z][a-z0-9_]*$": "a name: small letters, digits and _, beginning with a letter",
    "^[0-9A-Z]{6}$": 'a stock code: six digits or capital letters in quotes, as "005930"',
    "^(09:[3-5]|1[0-4]:[0-5]|15:[0-2])[0-9]$": 'a time from 09:30 to 15:29, as "13:00"',
    "^[!-~]*( [!-~]+)*$": "a line of plain ASCII",
}
"""What a pattern means, in words."""


def out_of_bounds(member: inspect.IntType, value: int, kind: str = "") -> str:
    """Return which bound a number is outside of ("above 3"), or "".

    Args:
        member: Type of the number.
        value: The number.
        kind: How a file writes it; see `Field`.
    """
    bounds: tuple[tuple[Literal["ge", "gt", "le", "lt"], str, Callable[[int], bool]], ...] = (
        ("ge", "below", lambda bound: value < bound),
        ("gt", "not above", lambda bound: value <= bound),
        ("le", "above", lambda bound: value > bound),
        ("lt", "not below", lambda bound: value >= bound),
    )
    for name, words, fails in bounds:
        bound = getattr(member, name)
        if bound is not None and fails(bound):
            return f"{words} {_WRITERS.get(kind, str)(bound)}"
    return ""


def misfit(member: inspect.StrType, value: str) -> str:
    """Return why a text may not stand where a type is wanted ("empty"), or ""."""
    if member.min_length is not None and len(value) < member.min_length:
        return "empty" if member.min_length == 1 else f"shorter than {member.min_length}"
    if member.max_length is not None and len(value) > member.max_length:
        return f"longer than {member.max_length} characters"
    if member.pattern is not None and search(member.pattern, value) is None:
        return f"not {_FORMS.get(member.pattern, 'of the form ' + member.pattern)}"
    return ""
