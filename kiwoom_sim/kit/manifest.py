"""Read the manifest of a kit: `kit.toml`.

```toml
schema = 1
name = "morning_storms"
version = "1.2.0"
author = "Hong Gildong"
description = "What goes wrong at the opening"

[requires]
kiwoom-sim = ">=0.1, <1"
hooks = ["slow_fade"]
```
"""

import operator
import re
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from kiwoom_sim.errors import KitError, ScenarioError
from kiwoom_sim.scenario.convert import Converter
from kiwoom_sim.scenario.document import parse_document
from kiwoom_sim.scenario.problems import Problem, render
from kiwoom_sim.version import __version__

_CLAUSE = r"(>=|<=|==|!=|>|<) *[0-9]+(\.[0-9]+)*"
_SIGNS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}

ReleaseRange = Annotated[str, Meta(pattern=rf"^({_CLAUSE}( *, *{_CLAUSE})*)?$", max_length=100)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Requires(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what a kit needs.

    Attributes:
        kiwoom_sim: Releases of kiwoom-sim that it works with (">=0.1, <1"); none = any.
        hooks: Names of hooks (entry points `kiwoom_sim.hooks`) that its scenarios call; the
            packages that have them are installed apart.
    """

    kiwoom_sim: ReleaseRange = field(name="kiwoom-sim", default="")
    hooks: tuple[Line, ...] = ()

    def mistake(self) -> str:
        """Return why this release of kiwoom-sim is none of those that are asked for, or ""."""
        if satisfies(__version__, self.kiwoom_sim):
            return ""
        return f"needs kiwoom-sim {self.kiwoom_sim}; this is {__version__}"


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what a kit is.

    Attributes:
        schema: Version of this format.
        name: Name of the kit; its scenarios are called KIT/NAME.
        version: Version of the kit ("1.2.0").
        author: Who made it.
        description: One line for lists.
        requires: What it needs.
    """

    schema: Literal[1]
    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=50)]
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){0,3}$", max_length=50)]
    author: Line
    description: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    requires: Requires = Requires()


def read_manifest(content: bytes, file: str) -> Manifest:
    """Return what a manifest says.

    Args:
        content: Bytes of the file.
        file: What messages call it.

    Raises:
        KitError: It is no manifest, or says something wrong; with every problem.
    """
    try:
        document = parse_document(content.decode(), file)
    except UnicodeDecodeError as error:
        raise KitError((f"{file}: not UTF-8 text ({error.reason})",)) from error
    except ScenarioError as error:
        raise KitError(error.problems) from error
    except RecursionError as error:
        raise KitError((f"{file}: tables or lists are nested too deeply",)) from error
    converter = Converter(speed=1, settings={})
    made = converter.struct(Manifest, document.table, ())
    if converter.problems:

        def place(problem: Problem) -> tuple[int, int, str]:
            return document.place(problem.path)

        found = sorted(converter.problems, key=place)
        raise KitError(tuple(render(each, document.place(each.path).shown) for each in found))
    assert isinstance(made, Manifest)
    return made


def satisfies(version: str, wanted: str) -> bool:
    """Return whether a release ("0.2.1") is one of those that a range allows; "" allows all."""
    release = _numbers(version)
    clauses = (re.fullmatch(r"\s*(\W+?)\s*([0-9.]+)\s*", c) for c in wanted.split(",") if c.strip())
    return all(
        clause is not None and _SIGNS[clause[1]](release, _numbers(clause[2])) for clause in clauses
    )


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with, without zeros at the end."""
    match = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
