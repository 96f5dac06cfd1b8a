"""Check that the journal keeps the order of arrival and digests what was answered."""

from pathlib import Path
from typing import Any

import msgspec

from kiwoom_sim.observe.journal import EventEntry, FrameEntry, Journal, RestEntry


def entry(seq: int, body: bytes = b'{"return_code":0}', **more: Any) -> RestEntry:
    return RestEntry(ms=seq, seq=seq, conn=1, cause="world", status=200, body=body, **more)


def lines(directory: Path, lane: str) -> list[dict[str, Any]]:
    path = directory / f"{lane}.jsonl"
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def test_requests_appear_in_order_of_arrival(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    slots = [journal.reserve() for _ in range(3)]
    slots[2].entry, slots[0].entry = entry(3), entry(1)
    journal.flush()
    assert [line["seq"] for line in lines(tmp_path, "rest")] == [1]
    slots[1].entry = entry(2)
    journal.flush()
    assert [line["seq"] for line in lines(tmp_path, "rest")] == [1, 2, 3]


def test_return_code_is_read_from_refusals(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    body = b'{"return_code":3,"return_msg":"x"}'
    journal.reserve().entry = entry(1, body, refusal="8005")
    journal.reserve().entry = entry(2, b"<html>", refusal="503", faults=("f1",))
    journal.flush()
    first, second = lines(tmp_path, "rest")
    assert (first["return_code"], second["return_code"]) == (3, None)
    assert second["faults"] == ["f1"]
    assert "faults" not in first


def test_limits_are_named_only_where_they_decided(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.reserve().entry = entry(1, refusal="1700", limit="per_api")
    journal.reserve().entry = entry(2, shadow=("watch",))
    journal.flush()
    refused, watched = lines(tmp_path, "rest")
    assert (refused["limit"], "shadow" in refused) == ("per_api", False)
    assert (watched["shadow"], "limit" in watched) == (["watch"], False)


def test_frames_keep_recipients_and_closes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.frame(FrameEntry(ms=1, seq=1, cause="tick", to=(1, 2), body=b"{}"))
    journal.frame(FrameEntry(ms=1, seq=2, cause="fault", to=(2,), close=0))
    journal.flush()
    shared, close = lines(tmp_path, "ws")
    assert (shared["to"], "close" in shared, close["close"]) == ([1, 2], False, 0)


def test_events_are_sorted_and_wait_until_their_time_is_settled(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.event(EventEntry(ms=20, seq=0, event="later"))
    journal.event(EventEntry(ms=10, seq=7, event="opened"))
    journal.event(EventEntry(ms=10, seq=0, event="phase"))
    journal.flush(20)
    assert [line["event"] for line in lines(tmp_path, "events")] == ["phase", "opened"]
    journal.flush(None)
    assert [line["event"] for line in lines(tmp_path, "events")][2:] == ["later"]


def test_digests_tell_runs_apart() -> None:
    def digests(body: bytes) -> dict[str, dict[str, str | int]]:
        journal = Journal()
        journal.reserve().entry = entry(1, body)
        journal.frame(FrameEntry(ms=1, seq=1, cause="tick", to=(1,), body=body))
        journal.flush()
        return journal.digests()

    assert digests(b"a") == digests(b"a")
    different = digests(b"b")
    changed = {name for name, value in digests(b"a").items() if value != different[name]}
    assert changed == {"journal.rest", "journal.ws", "rest.bodies", "ws.frames"}
