"""Check that a trace reads back as it was written, and says what is wrong with a bad one."""

from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.records import Begin, Record
from kiwoom_sim.observe.trace import FILE_NAME, TraceWriter, read_trace

BEGIN = Begin(version="1", run="r", scenario="s", epoch_ms=5, start_ms=6)
RECORDS = [
    Record(ms=0, seq=1, conn=1, kind="open", door="ws", path="/x", headers={"a": "b"}),
    Record(ms=3, seq=2, conn=1, kind="bytes", door="ws", text="한글"),
    Record(ms=3, seq=3, conn=1, kind="bytes", door="ws", raw=b"\xff\x00"),
    Record(ms=4, seq=4, kind="signal", text="SIGINT"),
]


def test_records_come_back(tmp_path: Path) -> None:
    writer = TraceWriter(tmp_path, BEGIN)
    for record in RECORDS:
        writer.append(record)
        writer.flush()
    begin, records = read_trace(tmp_path)
    assert begin == BEGIN
    assert list(records) == RECORDS


def test_nothing_is_written_without_a_directory() -> None:
    writer = TraceWriter(None, BEGIN)
    writer.append(RECORDS[0])
    writer.flush()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"{}\n", ":1:"),
        (msgspec.json.encode(msgspec.structs.replace(BEGIN, schema=99)), "schema 99"),
    ],
)
def test_bad_head_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(ReplayError, match=message):
        read_trace(tmp_path)


@pytest.mark.parametrize("kept", [0, 1, 20])
def test_a_last_line_that_breaks_off_is_left_out_of_a_run_that_has_not_ended(
    tmp_path: Path, kept: int
) -> None:
    writer = TraceWriter(tmp_path, BEGIN)
    for record in RECORDS:
        writer.append(record)
    writer.flush()
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.write_bytes(whole.removesuffix(last) + last[:kept])
    assert list(read_trace(tmp_path, ended=False)[1]) == RECORDS[:-1]
    path.write_bytes(whole)
    assert list(read_trace(tmp_path, ended=False)[1]) == RECORDS


def test_a_head_that_breaks_off_is_nothing_to_run_again(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'{"version": "1", "ru')
    with pytest.raises(ReplayError, match="is empty"):
        read_trace(tmp_path, ended=False)


def test_bad_line_is_named(tmp_path: Path) -> None:
    writer = TraceWriter(tmp_path, BEGIN)
    writer.flush()
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b"{oops\n")
    _, records = read_trace(tmp_path)
    with pytest.raises(ReplayError, match=":2:"):
        list(records)
