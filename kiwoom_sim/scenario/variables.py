"""Put environment variables into the texts of a scenario: `${NAME}` and `${NAME:-default}`.

`$${` stands for a `${` that is meant as it is. Only values that are texts are looked at, and
only those of files, not those of flags.
"""

import re
from collections.abc import Mapping
from typing import Any

from kiwoom_sim.scenario.problems import Path, Problem
from kiwoom_sim.scenario.values import show

_REFERENCE = re.compile(
    r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<else>:-(?P<default>[^}]*))?\}|\$\{", re.ASCII
)


def fill_in(value: Any, env: Mapping[str, str], path: Path = ()) -> tuple[Any, list[Problem]]:
    """Return a value with its variables replaced, and what is wrong with them."""
    problems: list[Problem] = []
    return _filled(value, env, path, problems), problems


def protect(value: Any) -> Any:
    """Return a value whose texts read back as they are: `${` becomes `$${`."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, Mapping):
        return {key: protect(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [protect(inner) for inner in value]
    return value


def _filled(value: Any, env: Mapping[str, str], path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(v, env, (*path, key), problems) for key, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, env, (*path, place), problems) for place, v in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$${":
            return "${"
        name = found["name"]
        if name is None:
            message = (
                f"{show(value)} names no variable; write it as ${{NAME}} or ${{NAME:-default}}, "
                "and $${ for a plain ${"
            )
            problems.append(Problem(path=path, message=message))
            return ""
        if found["else"] is not None:
            return env.get(name) or found["default"]
        if name not in env:
            message = (
                f"the environment variable {name} is not set; set it, or write "
                f"${{{name}:-default}} to do without"
            )
            problems.append(Problem(path=path, message=message))
        return env.get(name, "")

    return _REFERENCE.sub(replaced, value)
