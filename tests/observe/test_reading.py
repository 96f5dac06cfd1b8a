from pathlib import Path

import pytest

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.reading import key_in, lane_lines, lines, records
from kiwoom_sim.observe.run_directory import RunDirectory


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    (tmp_path / "journal").mkdir()
    return RunDirectory(tmp_path)


def test_a_line_that_is_not_finished_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    assert list(lines(file)) == []
    file.write_text('{"seq":1}\n{"seq":2}\n{"se')
    assert [line["seq"] for line in lines(file)] == [1, 2]
    assert [line["seq"] for line in lines(file, '"seq":2')] == [2]


@pytest.mark.parametrize("damage", ["{\n", "[]\n", "\x00\x00\n", '{"a":"\ud800"}\n'])
def test_a_damaged_line_is_named(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b'{"seq":1}\n' + damage.encode("utf-8", "surrogatepass"))
    with pytest.raises(ReplayError, match=r"x\.jsonl:2: "):
        list(lines(file))


def test_segments_are_read_in_order_and_markers_left_out(run: RunDirectory) -> None:
    run.journal.joinpath("ws.jsonl").write_text('{"dropped":"ws.jsonl","lane":"ws"}\n')
    run.journal.joinpath("ws.0003.jsonl").write_text('{"seq":3}\n')
    run.journal.joinpath("ws.0002.jsonl").write_text('{"seq":2,"dropped":true}\n')
    assert [line["seq"] for line in lane_lines(run, "ws")] == [2, 3]


def test_the_head_of_a_trace_is_no_record(run: RunDirectory) -> None:
    (run.path / "trace.jsonl").write_text('{"kind":"begin","schema":1}\n{"ms":0,"seq":1}\n')
    assert [record["seq"] for record in records(run)] == [1]


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"headers": {"authorization": "Bearer token#3.12"}}, "key#3"),
        ({"text": '{"trnm":"LOGIN","token":"token#1.1"}'}, "key#1"),
        ({"text": '{"token":"@other#1"}'}, ""),
        ({}, ""),
    ],
)
def test_a_token_tells_its_key(record: dict[str, object], key: str) -> None:
    assert key_in(record) == key
