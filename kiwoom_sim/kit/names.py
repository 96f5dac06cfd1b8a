"""Say which paths a kit may hold, so that it unpacks the same and harmlessly everywhere."""

import re
from collections.abc import Iterable
from typing import Final

PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", re.ASCII)
PART_MAX: Final = 100
DEPTH_MAX: Final = 5
TEXTS: Final = frozenset({".md", ".txt"})
BARE: Final = frozenset({"AUTHORS", "COPYING", "LICENSE", "LICENCE", "NOTICE", "README"})

_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
_SKIPPED = frozenset({"__MACOSX", "__pycache__"})


def path_problem(path: str) -> str:
    """Return why a path must not be unpacked, "" if it may be.

    Hidden files and directories (`.git`) are no problem here: see `is_left_out`.
    """
    if not path or len(path) > PART_MAX * DEPTH_MAX:
        return "has no name or one that is too long"
    if path.startswith("/") or re.match("[A-Za-z]:", path):
        return "is an absolute path"
    if "\\" in path or any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return "has a backslash or a control character in its name"
    parts = path.split("/")
    if ".." in parts or "." in parts or "" in parts:
        return "leads out of its directory, or in circles"
    if len(parts) > DEPTH_MAX:
        return f"lies more than {DEPTH_MAX} directories deep"
    return next((why for part in parts if (why := _part_problem(part))), "")


def _part_problem(part: str) -> str:
    if part.startswith("."):
        return ""  # left out anyway
    if len(part) > PART_MAX:
        return f"has a name of more than {PART_MAX} characters"
    if PART.fullmatch(part) is None or part.endswith("."):
        return "has a name with other characters than letters of ASCII, digits and _ - + ."
    if part.partition(".")[0].lower() in _DEVICES:
        return "has the name of a device of Windows"
    return ""


def is_left_out(path: str) -> bool:
    """Return whether a path is hidden or a by-product, which no kit holds."""
    return any(part.startswith(".") or part in _SKIPPED for part in path.split("/"))


def content_problem(path: str) -> str:
    """Return why a file does not belong into a kit, "" if it does."""
    head, _, name = path.rpartition("/")
    if name.endswith(".toml"):
        return "lies in a directory of its own; scenarios lie beside kit.toml" if head else ""
    if any(name.endswith(ending) for ending in TEXTS) or name in BARE:
        return ""
    return "is neither a scenario (.toml) nor a text (.md, .txt, LICENSE)"


def clashes(paths: Iterable[str]) -> list[str]:
    """Return what is wrong with paths together: twice the same, alike but for case, file and dir.

    Args:
        paths: Paths of files, as often as they come.
    """
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.get(path.lower())
        if other == path:
            problems.append(f"{path}: is there twice")
        elif other is not None:
            problems.append(f"{path}: differs from {other} by case only")
        seen.setdefault(path.lower(), path)
    for path in seen:
        parents = [path[:at] for at, letter in enumerate(path) if letter == "/"]
        problems += [f"{seen[each]}: is a file and a directory" for each in parents if each in seen]
    return list(dict.fromkeys(problems))
