"""Write and read the trace: the ordered records that came into a run, secrets hidden.

Lines are collected and written in batches: `append` never touches a file, `flush` does.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.batch import drain
from kiwoom_sim.observe.records import SCHEMA, Begin, Record

FILE_NAME = "trace.jsonl"


class TraceWriter:
    """Append records to a trace file; without a directory, keep nothing."""

    def __init__(self, directory: Path | None, begin: Begin) -> None:
        self._path = directory / FILE_NAME if directory else None
        self._pending: deque[Begin | Record] = deque([begin] if directory else [])
        self._encoder = msgspec.json.Encoder()

    def append(self, record: Record) -> None:
        """Take a record whose secrets are hidden."""
        if self._path is not None:
            self._pending.append(record)

    def flush(self) -> None:
        """Write what was taken so far."""
        if self._path is None or not self._pending:
            return
        with self._path.open("ab") as file:
            file.write(self._encoder.encode_lines(drain(self._pending)))


def read_trace(directory: Path, *, ended: bool = True) -> tuple[Begin, Iterator[Record]]:
    """Return the head of a trace and its records, secrets still hidden.

    Args:
        directory: Where the trace is.
        ended: Whether its run came to an end; if not, a last line that breaks off is left out.

    Raises:
        ReplayError: If there is no trace, or a line of it cannot be read.
    """
    path = directory / FILE_NAME
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ReplayError(f"{path}: cannot be read: {error.strerror}") from error
    lines = written.splitlines()
    if lines and not ended and not written.endswith(b"\n"):
        lines.pop()
    if not lines:
        raise ReplayError(f"{path}: is empty")
    try:
        begin = msgspec.json.decode(lines[0], type=Begin)
    except msgspec.MsgspecError as error:
        raise ReplayError(f"{path}:1: {error}") from error
    if begin.schema != SCHEMA:
        raise ReplayError(f"{path}:1: schema {begin.schema} is not {SCHEMA}")
    return begin, _records(path, lines)


def _records(path: Path, lines: list[bytes]) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(Record)
    for number, line in enumerate(lines[1:], 2):
        try:
            yield decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise ReplayError(f"{path}:{number}: {error}") from error
