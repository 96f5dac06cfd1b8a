"""Word everything that can be wrong with a scenario: where, what, what is allowed, nearest match.

The only "unknown key" message of the project is written here.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

from kiwoom_sim.scenario.values import show

Path = tuple[str | int, ...]
"""Place in a file: ("rule", 0, "do", "kind")."""

_CUTOFF = 0.6
_ALLOWED_WIDTH = 100
_HINTS = {
    "at": 'at = 09:01:10, or at = "30s" after the start',
    "code": 'it in quotes, code = "..."',
    "do": 'do = { kind = "..." }',
    "id": 'id = "a-name-of-yours"',
    "match": 'match = { api = "..." }',
    "reply": "reply = { body = { ... } }",
    "schema": "schema = 1",
}
"""How a key is written that must be given."""


class Problem(Struct, frozen=True, kw_only=True):
    """Hold one thing that is wrong.

    Attributes:
        path: Where; () is the whole file.
        message: What, in half a sentence.
        allowed: What could stand there instead; empty if that cannot be listed.
        wrong: What stands there, if it may be a slip of one of the allowed.
        line: Line, if the path does not tell.
    """

    path: Path
    message: str
    allowed: tuple[str, ...] = ()
    wrong: str = ""
    line: int | None = None


def unknown_key(path: Path, allowed: Iterable[str]) -> Problem:
    """Say that a key does not exist."""
    return _unknown(path, "unknown key", str(path[-1]).partition(".")[0], allowed)


def unknown_value(path: Path, noun: str, value: str, allowed: Iterable[str]) -> Problem:
    """Say that a name is none of those that exist."""
    return _unknown(path, f"unknown {noun} {show(value)}", value, allowed)


def unknown_setting(path: Path, name: str, allowed: Iterable[str]) -> Problem:
    """Say that a phase cannot change something; of many settings, the likely ones are told."""
    known = list(allowed)
    tables = (name.rpartition(".")[0] + ".", name.partition(".")[0] + ".")
    alike = [[each for each in known if each.startswith(table)] for table in tables]
    close = nearest(name, known)
    if close is not None:
        alike.append([each for each in known if each.startswith(close.rpartition(".")[0])])
    return unknown_value(path, "setting", name, next(filter(None, alike), known))


def _unknown(path: Path, message: str, wrong: str, allowed: Iterable[str]) -> Problem:
    return Problem(path=path, message=message, wrong=wrong, allowed=tuple(sorted(allowed)))


def missing_key(path: Path, allowed: Iterable[str] = ()) -> Problem:
    """Say that a key must be given, and how it is written if it has to be explained."""
    hint = _HINTS.get(str(path[-1]), "")
    message = f"missing; write {hint}" if hint else "missing"
    return Problem(path=path, message=message, allowed=tuple(sorted(allowed)))


def no_table(path: Path, value: object, keys: Iterable[str]) -> Problem:
    """Say that a value is no table, and which keys one would have."""
    return Problem(path=path, message=f"{show(value)} is not a table", allowed=tuple(sorted(keys)))


def nearest(wrong: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name that is most like a wrong one, if any is like it."""
    close = get_close_matches(wrong, list(allowed), n=1, cutoff=_CUTOFF)
    return close[0] if close else None


def path_text(path: Path) -> str:
    """Return a place as people write it: rule[0].do.kind."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def render(problem: Problem, where: str) -> str:
    """Return the lines that tell a user about a problem.

    Args:
        problem: What is wrong.
        where: Place of it, for example "rate_limit.toml:12" or "--set clock.sped=2".
    """
    place = path_text(problem.path)
    lines = [": ".join(part for part in (where, place, problem.message) if part)]
    lines += _allowed_lines(problem.allowed)
    guess = nearest(problem.wrong, problem.allowed) if problem.wrong else None
    if guess is not None:
        lines.append(f"  did you mean {show(guess)}?")
    return "\n".join(lines)


def _allowed_lines(allowed: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    line = "  allowed:"
    for position, name in enumerate(allowed):
        word = f" {name}" + ("," if position + 1 < len(allowed) else "")
        if len(line) + len(word) > _ALLOWED_WIDTH:
            lines.append(line)
            line = "   "
        line += word
    return [*lines, line] if allowed else []
