"""Change single values of a scenario from outside: flags, `--set key=value`, and variables.

Precedence: flag, then variable, then scenario, then built-in. A changed value goes through the
same checks as one in the file, so a typo is an error with the nearest match.
"""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from kiwoom_sim.scenario.problems import Path, Problem, unknown_value
from kiwoom_sim.scenario.values import show

FLAGS = {
    "seed": "seed",
    "start": "clock.start",
    "speed": "clock.speed",
    "host": "doors.host",
    "rest_port": "doors.rest",
    "ws_port": "doors.ws",
    "control_port": "doors.control",
    "tls_port": "doors.tls",
    "no_limits": "wire.limits_enabled",
}
"""Flags of `run`, and `KIWOOM_SIM_*` variables, that stand for one value of the scenario."""

_TEXTS = {"doors.host", "description", "name"}
_TRUE = {"1", "true", "yes", "on"}


class Override(Struct, frozen=True, kw_only=True):
    """Hold one changed value.

    Attributes:
        origin: Who changed it, for messages ("--set clock.speed=2", "KIWOOM_SIM_SEED").
        key: Dotted path; tables in a list are named by their `id` ("phase.storm.for").
        value: New value, as `tomllib` would give it.
    """

    origin: str
    key: str
    value: Any


def from_assignments(assignments: Iterable[str]) -> list[Override]:
    """Return the changes of `key=value` texts.

    Raises:
        ValueError: A text has no `=`.
    """
    made = []
    for text in assignments:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"--set {text}: write it as key=value, for example clock.speed=10")
        name = key.strip()
        made.append(
            Override(origin=f"--set {text}", key=name, value=_read_value(name, value.strip()))
        )
    return made


def from_flags(**flags: object) -> list[Override]:
    """Return the changes of flags that were given; None and False mean not given."""
    given = {name: value for name, value in flags.items() if value is not None and value != ()}
    return [
        override
        for name, value in given.items()
        if value is not False
        for override in _flag(f"--{name.replace('_', '-')}", name, value)
    ]


def from_environment(environment: Mapping[str, str]) -> list[Override]:
    """Return the changes of `KIWOOM_SIM_*` variables that mirror flags."""
    made: list[Override] = []
    for name, key in FLAGS.items():
        variable = f"KIWOOM_SIM_{name.upper()}"
        text = environment.get(variable, "")
        if not text or (name == "no_limits" and text.lower() not in _TRUE):
            continue
        made += _flag(variable, name, _read_value(key, text))
    return made


def _flag(origin: str, name: str, value: object) -> list[Override]:
    key = FLAGS[name]
    if name == "no_limits":
        return [Override(origin=origin, key=key, value=False)]
    made = [Override(origin=origin, key=key, value=value)]
    if name == "speed" and value != 1:
        made.append(Override(origin=origin, key="clock.mode", value="scaled"))
    return made


def _read_value(key: str, text: str) -> Any:
    if key in _TEXTS:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def apply(raw: dict[str, Any], override: Override) -> tuple[Path, Problem | None]:
    """Put a changed value into a parsed document.

    Returns:
        The place of the value, and what is wrong with the way to it, if anything.
    """
    here: Any = raw
    path: Path = ()
    parts = override.key.split(".")
    while True:
        rest = ".".join(parts)
        if isinstance(here, list):
            index, problem = _table_index(here, path, parts[0])
            if problem is not None or len(parts) == 1:
                return path, problem or _not_a_table(path)
            here, path = here[index], (*path, index)
        elif not isinstance(here, dict):
            return path, _not_a_table(path)
        elif len(parts) == 1 or rest in here:
            here[rest] = override.value
            return (*path, rest), None
        else:
            here = here.setdefault(parts[0], {})
            path = (*path, parts[0])
        parts = parts[1:] if path else parts


def _not_a_table(path: Path) -> Problem:
    return Problem(path=path, message="has no keys inside")


def _table_index(tables: list[Any], path: Path, name: str) -> tuple[int, Problem | None]:
    names = [table.get("id") if isinstance(table, dict) else None for table in tables]
    if name in names:
        return names.index(name), None
    if name.isascii() and name.isdigit() and int(name) < len(tables):
        return int(name), None
    known = [known for known in names if isinstance(known, str)]
    noun = str(path[-1]) if path else "table"
    return 0, unknown_value(path, noun, name, known)


def describe(override: Override) -> str:
    """Return a change as `key = value`."""
    return f"{override.key} = {show(override.value)}"
