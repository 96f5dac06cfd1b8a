"""Hold a parsed scenario file, and where each of its values was written.

Not for: the meaning of the values. A document that extends another one (`extends.py`) holds the
values of several files; each keeps its own place.
"""

import re
import tomllib
from typing import Any, NamedTuple

from msgspec import Struct

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.locate import key_lines
from kiwoom_sim.scenario.problems import Path

_SYNTAX = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")

_HINTS = {
    "Invalid value": "; a text needs quotes",
    "Cannot overwrite a value": "; is a key written twice?",
}
"""What to look for, by what the parser says."""


class Place(NamedTuple):
    """Give the place of a value; places are in the order in which problems are told.

    Attributes:
        rank: How many files extend this one.
        line: Line, from 1.
        file: What messages call the file.
    """

    rank: int
    line: int
    file: str

    @property
    def shown(self) -> str:
        """Return the place as messages name it."""
        return f"{self.file}:{self.line}"


class Document(Struct, kw_only=True):
    """Hold the tables of one or several files.

    Attributes:
        file: What messages call the file, or the one that extends all others.
        table: Values, as `tomllib` gives them.
        places: Where tables, keys and list items were written.
    """

    file: str
    table: dict[str, Any]
    places: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """Return where a value or the table around it was written."""
        above = (self.places[p] for p in upward(path) if p in self.places)
        return next(above, Place(0, 1, self.file))


def parse_document(text: str, file: str, rank: int = 0) -> Document:
    """Return the document of a TOML text.

    Args:
        text: The text.
        file: What messages call it.
        rank: How many files extend it.

    Raises:
        ScenarioError: It is not TOML.
    """
    table = _parse(text, file)
    places = {path: Place(rank, line, file) for path, line in key_lines(text).items()}
    return Document(file=file, table=table, places=places)


def upward(path: Path) -> list[Path]:
    """Return a path and the paths above it, the whole document left out."""
    return [path[:length] for length in range(len(path), 0, -1)]


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _SYNTAX.match(str(error))
        if match is None:
            raise ScenarioError((f"{file}: not TOML: {error}",)) from error
        line = match["line"] or str(text.count("\n") + 1)
        hint = _HINTS.get(match["what"], "")
        raise ScenarioError((f"{file}:{line}: not TOML: {match['what']}{hint}",)) from error
    except ValueError as error:
        raise ScenarioError((f"{file}: not TOML: {error}",)) from error
