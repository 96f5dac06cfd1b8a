"""Read the files of a run line by line, also while they are written or after a sudden end.

A last line that is not finished is left out; the marker of a dropped segment is no line.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe import trace
from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.run_directory import RunDirectory

Json = dict[str, Any]

_TOKEN_OF = re.compile(r"token#([1-9][0-9]*)\.")


def lines(file: Path, text: str = "") -> Iterator[Json]:
    """Yield the finished lines of a file that have a text in them.

    Raises:
        ReplayError: The file cannot be read, or a line of it is no JSON object.
    """
    sought = text.encode()
    try:
        with file.open("rb") as written:
            for number, line in enumerate(written, 1):
                if sought in line and line.endswith(b"\n"):
                    yield decoded(line, f"{file}:{number}")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ReplayError(f"{file}: cannot be read: {error.strerror}") from error


def decoded(line: bytes, place: str) -> Json:
    """Return the JSON object in a line.

    Raises:
        ReplayError: It is none.
    """
    try:
        return msgspec.json.decode(line, type=Json)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ReplayError(f"{place}: {error}") from error


def lane_lines(run: RunDirectory, lane: str, text: str = "") -> Iterator[Json]:
    """Yield the lines of a lane that have a text in them, dropped segments left out."""
    for file in lane_files(run.journal, lane):
        for line in lines(file, text):
            if "dropped" not in line or "seq" in line:
                yield line


def records(run: RunDirectory, text: str = "") -> Iterator[Json]:
    """Yield the records of the trace that have a text in them."""
    for line in lines(run.path / trace.FILE_NAME, text):
        if "seq" in line:
            yield line


def key_in(record: Json) -> str:
    """Return the app key ("key#1") whose token a record carries, "" if it carries none."""
    headers = record.get("headers", {})
    found = _TOKEN_OF.search(headers.get("authorization", "") or record.get("text", ""))
    return f"key#{found[1]}" if found else ""


def name_in(text: str) -> str:
    """Return what a message is called: its `trnm`, on `/ws` its `type`; "" if it is no object."""
    message = object_in(text)
    name = message.get("trnm") or message.get("type")
    return name if isinstance(name, str) else ""


def object_in(text: str) -> Json:
    """Return the JSON object that a text is; no members if it is none."""
    try:
        message = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
