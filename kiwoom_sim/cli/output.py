"""Speak to the user: data to stdout, talk to stderr, one JSON envelope, one list of exit codes.

Colours and tables appear on a terminal only. Rich is loaded when it is needed and not before.
"""

import os
import sys
from collections.abc import Iterable
from enum import IntEnum
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from rich.console import Console

ENVELOPE_SCHEMA = 1


class Exit(IntEnum):
    """Name the exit codes of every verb."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CANNOT_START = 3
    DIVERGED = 4
    CLIENT_FAILED = 5
    INCONCLUSIVE = 6
    INTERNAL = 70
    INTERRUPTED = 130


PRECEDENCE = (
    Exit.INTERNAL, Exit.CANNOT_START, Exit.DIVERGED, Exit.CLIENT_FAILED, Exit.FAILED,
    Exit.INCONCLUSIVE, Exit.OK,
)  # fmt: skip
"""Which exit code a run has for which several would be right: the first."""


def worst(*codes: Exit) -> Exit:
    """Return the exit code that tells most of several."""
    return min(codes, key=PRECEDENCE.index)


def settle_streams() -> None:
    """Let no text fail to be written, whatever the terminal or the pipe can show.

    A pipe or file gets UTF-8 unless PYTHONIOENCODING asks for something else (Windows would take
    its code page); what a terminal cannot show appears as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            continue
        is_free = "PYTHONIOENCODING" not in os.environ and not stream.isatty()
        stream.reconfigure(
            encoding="utf-8" if is_free else stream.encoding, errors="backslashreplace"
        )


def put(text: str) -> None:
    """Write a line of data."""
    sys.stdout.write(text + "\n")


def talk(text: str) -> None:
    """Write a line of talk, which never mixes with data."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def put_json(result: object) -> None:
    """Write the envelope around a result."""
    _put_envelope({"schema": ENVELOPE_SCHEMA, "ok": True, "result": result})


def put_json_error(kind: str, problems: Iterable[str]) -> None:
    """Write the envelope around what went wrong."""
    error = {"kind": kind, "problems": list(problems)}
    _put_envelope({"schema": ENVELOPE_SCHEMA, "ok": False, "error": error})


def _put_envelope(envelope: dict[str, Any]) -> None:
    text = msgspec.json.encode(envelope).decode()
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        import json

        # Escapes of JSON, not those of the stream, which a reader could not undo.
        text = json.dumps(envelope, default=msgspec.to_builtins)
    sys.stdout.write(text + "\n")


def is_terminal() -> bool:
    """Return whether people read stdout, so that colours and tables help."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def console() -> "Console":
    """Return a console for tables and colours on stdout."""
    from rich.console import Console

    return Console(highlight=False)


def put_table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write rows as a table on a terminal, else as lines with tabs between the cells."""
    if not is_terminal():
        for row in rows:
            put("\t".join(row))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(Text(row[0], style="cyan"), *(Text(cell) for cell in row[1:]))
    console().print(table)
