"""Write records into JSON: compile the fields of a message once, then fill it quickly.

A *record* gives one value per attribute (a missing attribute prints as an empty text), *columns*
give one list per attribute, all of equal length; rows may also come as a list of records. The
attribute `base` of either, where it exists, is what direction signs refer to. `from = "name"` is
the attribute, `from = "name.3"` the third element of a sequence.

Not for: which values a message has (`queries/`), how one value looks (`formats.py`).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from kiwoom_sim.protocol.formats import Format, make_format
from kiwoom_sim.protocol.spec import ApiSpec, Fields, Oddities, RealtimeSpec

SUCCESS_TEXT = "정상적으로 처리되었습니다"
_SUCCESS_TAIL = f'"return_code":0,"return_msg":"{SUCCESS_TEXT}"}}'.encode()


def split_source(source: str) -> tuple[str, int]:
    """Return the attribute of a `from` key and the position in it, -1 for the whole."""
    name, dot, place = source.partition(".")
    return name, int(place) - 1 if dot else -1


def escaped(text: str) -> str:
    """Return a text as it stands between the quotes of a JSON string."""
    return msgspec.json.encode(text).decode()[1:-1]


def _quoted(write: Format) -> Format:
    return lambda value, base: escaped(write(value, base))


class Projection:
    """Hold one compiled group of fields.

    Args:
        fields: Fields in wire order.
        oddities: Whether to keep the oddities of the real service.
        escape: Whether texts may hold characters that JSON escapes (names do).
    """

    def __init__(self, fields: Fields, oddities: Oddities, *, escape: bool = True) -> None:
        self._names = tuple(fields)
        self._writers: list[Format] = []
        self._places: list[tuple[int, int]] = []
        attributes: dict[str, int] = {}
        for field in fields.values():
            write = make_format(field, oddities)
            self._writers.append(_quoted(write) if escape and field.format == "text" else write)
            name, place = split_source(field.source)
            self._places.append((attributes.setdefault(name, len(attributes)), place))
        self._attributes = tuple(attributes)
        pieces = [f'"{escaped(name)}":"%s"'.replace("%s", "\0") for name in fields]
        self._template = ",".join(pieces).replace("%", "%%").replace("\0", "%s")
        self._plan = tuple(zip(self._writers, self._places, strict=True))

    def texts(self, record: object) -> list[str]:
        """Return the texts of one record, in wire order."""
        base = getattr(record, "base", 0)
        values = [getattr(record, name, None) if name else None for name in self._attributes]
        texts = []
        for write, (index, place) in self._plan:
            value = values[index]
            if place >= 0 and value is not None:
                value = value[place] if place < len(value) else None
            texts.append(write(value, base))
        return texts

    def members(self, record: object) -> str:
        """Return the members of a JSON object for one record, without braces."""
        return self._template % tuple(self.texts(record))

    def whole(self, record: object) -> str:
        """Return a JSON object for one record."""
        return "{" + self.members(record) + "}"

    def rows(self, columns: object, count: int) -> str:
        """Return JSON objects for all rows of columns, or of a list, joined by commas."""
        if count == 0 or not self._names:
            return ""
        if isinstance(columns, list):
            return ",".join([self.whole(record) for record in columns])
        bases: Sequence[int] = getattr(columns, "base", None) or [0] * count
        values = [getattr(columns, name, None) if name else None for name in self._attributes]
        texts: list[list[str]] = []
        for write, (index, place) in self._plan:
            column = values[index]
            if place >= 0 and column is not None:
                column = [row[place] if place < len(row) else None for row in column]
            texts.append(_column(write, column, bases))
        template = "{" + self._template + "}"
        return ",".join([template % row for row in zip(*texts, strict=True)])


def _column(write: Format, values: Sequence[Any] | None, bases: Sequence[int]) -> list[str]:
    if values is None:
        return [write(None, 0)] * len(bases)
    return [write(value, base) for value, base in zip(values, bases, strict=True)]


@lru_cache(maxsize=2_048)
def projection(spec: ApiSpec | RealtimeSpec, section: str, oddities: Oddities) -> Projection:
    """Return the compiled `reply`, `row` or `values` of a spec, compiling on first use."""
    return Projection(getattr(spec, section), oddities)


def render(
    spec: ApiSpec, oddities: Oddities, record: object = None, columns: object = None,
    count: int = 0, *, written: bytes = b"",
) -> bytes:  # fmt: skip
    """Return the body of a successful answer.

    Args:
        spec: The API.
        oddities: Whether to keep the oddities of the real service.
        record: Gives the fields beside the list; None where there are none.
        columns: Gives the rows of the list.
        count: Number of rows.
        written: Rows that follow these, as `Projection.rows` wrote them.
    """
    parts = []
    if spec.reply:
        parts.append(projection(spec, "reply", oddities).members(record))
    if spec.rows:
        rows = projection(spec, "row", oddities).rows(columns, count)
        parts.append(f'"{spec.rows}":[{rows}')
    head = ("{" + ",".join(parts)).encode()
    if spec.rows:
        comma = b"," if count and written else b""
        return b"".join((head, comma, written, b"],", _SUCCESS_TAIL))
    return head + (b"," if parts else b"") + _SUCCESS_TAIL


def render_with_text(spec: ApiSpec, oddities: Oddities, record: object, text: str) -> bytes:
    """Return the body of a successful answer without a list, whose `return_msg` is a text."""
    members = projection(spec, "reply", oddities).members(record)
    return f'{{{members},"return_code":0,"return_msg":"{escaped(text)}"}}'.encode()


def render_values(spec: RealtimeSpec, oddities: Oddities, record: object) -> str:
    """Return the `values` object of a push as JSON text."""
    return projection(spec, "values", oddities).whole(record)
