"""Tell the story of small recorded runs: whole, cut short, rotated, and while they go on."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiwoom_sim.observe.chronicle import Chronicle, Wanted
from kiwoom_sim.observe.run_directory import RunDirectory

BEGIN = {"kind": "begin", "schema": 1}
TOKEN = {"authorization": "Bearer token#1.1", "api-id": "ka10001"}


class Writer:
    """Append lines to the files of a run, as a run does."""

    def __init__(self, path: Path) -> None:
        self.run = RunDirectory(path)
        self.run.journal.mkdir(parents=True)
        self.write("trace", BEGIN)

    def write(self, name: str, *found: dict[str, Any], end: str = "\n") -> None:
        place = self.run.path if name == "trace" else self.run.journal
        with (place / f"{name}.jsonl").open("a") as file:
            file.write("".join(json.dumps(line) + end for line in found))

    def request(self, seq: int, ms: int) -> None:
        self.write("trace", record(seq, ms, "rest", path="/api/dostk/stkinfo", headers=TOKEN))

    def answer(self, seq: int, ms: int, **more: Any) -> None:
        line = {"ms": ms, "seq": seq, "conn": 1, "cause": "world", "api": "ka10001", "status": 200}
        self.write("rest", {**line, **more})


def record(seq: int, ms: int, door: str, **more: Any) -> dict[str, Any]:
    return {"ms": ms, "seq": seq, "conn": 1, "kind": "bytes", "door": door, **more}


def chosen(ms: int, name: str, seq: int = 0, **more: Any) -> dict[str, Any]:
    detail = {"id": name, "rule": "storm", "kind": "gap", "door": "ws", **more}
    return {"ms": ms, "seq": seq, "event": "fault_chosen", "conn": 1, "detail": detail}


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "small-0001")


def ids(chronicle: Chronicle, wanted: Wanted | None = None, *, last: bool = True) -> list[str]:
    return [
        entry["id"] or entry["event"]
        for entry in chronicle.new(last=last)
        if wanted is None or wanted.fits(entry)
    ]


@pytest.fixture
def story(writer: Writer) -> Writer:
    """Return a run with two phases, a client at both doors and a fault at each."""
    writer.write("events", {"ms": 0, "seq": 0, "event": "phase_began", "detail": {"id": "calm"}})
    login = '{"trnm":"LOGIN","token":"token#2.1"}'
    writer.request(1, 5)
    writer.write("trace", record(2, 7, "ws", text=login), record(3, 8, "ws", conn=2, text="{}"))
    writer.request(4, 30)
    writer.answer(1, 5)
    writer.answer(4, 30, status=502, faults=["f2"], cause="fault", client="key#1")
    writer.write(
        "ws", {"ms": 7, "seq": 1, "cause": "reply", "to": [1], "record": 2, "name": "LOGIN"}
    )
    push = {"cause": "tick", "to": [1], "name": "REAL", "type": "0B", "code": "005930"}
    writer.write("ws", {"ms": 20, "seq": 2, **push, "faults": ["f1"], "dropped": True})
    writer.write(
        "events",
        chosen(20, "f1"),
        {"ms": 25, "seq": 0, "event": "phase_began", "detail": {"id": "storm"}},
        chosen(30, "f2", 4, kind="http_error", rule="page", door="rest", counted="key#1"),
    )
    return writer


def test_everything_is_told_in_order_with_causes_before_effects(story: Writer) -> None:
    assert ids(Chronicle(story.run)) == [
        "phase_began", "r1", "r2", "w1", "r3", "f1", "w2", "phase_began", "f2", "r4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(kinds=("request", "message")), ["r1", "r2", "r3", "r4"]),
        (Wanted(api="ka*"), ["r1", "r4"]),
        (Wanted(api="LOGIN"), ["r2", "w1"]),
        (Wanted(api="0B"), ["w2"]),
        (Wanted(faulted=True), ["f1", "w2", "f2", "r4"]),
        (Wanted(rule="page"), ["f2", "r4"]),
        (Wanted(fault="g?p"), ["f1", "w2"]),
        (Wanted(client="key#1"), ["r1", "f2", "r4"]),
        (Wanted(client="key#2"), ["r2", "w1", "f1", "w2"]),
        (Wanted(phase="storm"), ["phase_began", "f2", "r4"]),
        (Wanted(door="ws", conn=2), ["r3"]),
        (Wanted(conn=1, kinds=("request",)), ["r1", "r4"]),
        (Wanted(from_ms=8, until_ms=25), ["r3", "f1", "w2"]),
        (Wanted(api="ka*", faulted=True, phase="calm"), []),
    ],
)
def test_filters_agree(story: Writer, wanted: Wanted, found: list[str]) -> None:
    assert ids(Chronicle(story.run), wanted) == found


def test_an_entry_knows_its_faults_phase_and_answer(story: Writer) -> None:
    told = {entry["id"]: entry for entry in Chronicle(story.run).new()}
    assert told["w2"]["faults"] == [{"id": "f1", "rule": "storm", "kind": "gap"}]
    assert (told["r4"]["status"], told["r4"]["phase"]) == (502, "storm")
    assert told["w2"]["clients"] == ["key#2"]


def test_a_request_without_an_answer_is_told_at_the_end(writer: Writer) -> None:
    writer.request(1, 5)
    writer.request(2, 6)
    writer.answer(1, 5)
    writer.write("trace", record(3, 7, "rest"), end="")  # cut short by a kill
    found = list(Chronicle(writer.run).new())
    assert [(entry["id"], entry.get("status")) for entry in found] == [("r1", 200), ("r2", None)]


def test_a_run_that_goes_on_is_told_once_and_in_order(writer: Writer) -> None:
    chronicle = Chronicle(writer.run)
    writer.request(1, 5)
    writer.request(2, 6)
    assert ids(chronicle, last=False) == []
    writer.answer(1, 5)
    assert ids(chronicle, last=False) == ["r1"]
    writer.write("ws", {"ms": 9, "seq": 1, "cause": "ping", "to": [1]}, end="")
    assert ids(chronicle, last=False) == []
    with (writer.run.journal / "ws.jsonl").open("a") as file:
        file.write("\n")
    writer.answer(2, 6)
    assert ids(chronicle, last=False) == ["r2", "w1"]
    assert ids(chronicle) == []


def test_segments_follow_each_other_and_a_dropped_one_is_named(writer: Writer) -> None:
    chronicle = Chronicle(writer.run)
    writer.write("ws", {"ms": 1, "seq": 1, "cause": "tick", "to": [1]})
    assert ids(chronicle, last=False) == ["w1"]
    writer.write("ws.0002", {"ms": 2, "seq": 2, "cause": "tick", "to": [1]})
    (writer.run.journal / "ws.jsonl").write_text('{"dropped":"ws.jsonl","lane":"ws"}\n')
    assert ids(chronicle, last=False) == ["w2"]
    again = Chronicle(writer.run)
    assert (ids(again), again.dropped) == (["w2"], {"ws.jsonl"})


def test_answers_whose_segment_is_gone_are_missing_and_nothing_else(writer: Writer) -> None:
    for seq in (1, 2, 3):
        writer.request(seq, seq)
    writer.answer(2, 2)
    found = {entry["id"]: entry.get("status") for entry in Chronicle(writer.run).new()}
    assert found == {"r1": None, "r2": 200, "r3": None}
