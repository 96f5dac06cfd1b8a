from typing import Any

import pytest

from kiwoom_sim.cli.journal_line import line_of

HEAD = {"ms": 12_345, "conns": [3], "door": "ws", "clients": ["key#1"]}
WHO = "(key#1 ws:3)"
FAULT = {"id": "f3", "rule": "storm", "kind": "gap"}


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (
            {"kind": "request", "id": "r1", "door": "rest", "api": "ka10001", "path": "/api/x",
             "status": 429, "return_code": 5, "refusal": "1700", "limit": "per_api",
             "latency_ms": 8},
            "ka10001 /api/x -> 429 code 5 refused 1700 by per_api after 8 ms (key#1 rest:3)",
        ),
        (
            {"kind": "request", "id": "r1", "method": "POST", "path": "/api/x", "status": 0,
             "return_code": None, "faults": [FAULT]},
            "POST /api/x -> lost (key#1 ws:3) [f3 storm/gap]",
        ),
        ({"kind": "request", "id": "r1", "api": "a", "path": "/x"}, f"a /x: not answered {WHO}"),
        ({"kind": "message", "id": "r2", "api": "REG", "text": "x" * 99}, f"REG {'x' * 59}… {WHO}"),
        (
            {"kind": "frame", "id": "w4", "api": "REAL", "type": "0B", "code": "005930",
             "cause": "tick", "conns": [1, 2, 3, 4, 5], "dropped": True, "faults": [FAULT]},
            "REAL 0B 005930: tick, not sent (key#1 ws:1,2,3,4,+1) [f3 storm/gap]",
        ),
        ({"kind": "frame", "id": "w5", "cause": "x", "close": 0}, f"connection cut: x {WHO}"),
        ({"kind": "frame", "id": "w5", "cause": "end", "close": 1001}, f"close 1001: end {WHO}"),
        (
            {"kind": "fault", "id": "f3", "rule": "storm", "fault": "latency", "occasion": 2,
             "counted": "key#1", "chance_bps": 2500, "chance_draw": "12 of 10000",
             "delay_ms": 40, "faults": [FAULT]},
            "storm/latency occasion 2 of key#1 drew 12 of 10000 below 2500 40 ms (key#1 ws:3)",
        ),
        (
            {"kind": "event", "id": "", "event": "phase_began", "detail": {"id": "calm"}},
            "phase_began id=calm (key#1 ws:3)",
        ),
    ],
)  # fmt: skip
def test_a_line_says_what_happened(entry: dict[str, Any], text: str) -> None:
    head = f"    12.345 {entry['id']:<7} {entry['kind']:<7} "
    assert line_of({**HEAD, **entry}) == head + text
    coloured = line_of({**HEAD, **entry}, coloured=True)
    assert coloured.startswith("\x1b[2m")
    assert text in coloured


def test_colours_tell_failures_from_the_rest() -> None:
    request = {**HEAD, "kind": "request", "id": "r1", "api": "a", "path": "/x", "return_code": 0}
    assert "\x1b[31m" in line_of({**request, "status": 500}, coloured=True)
    assert "\x1b[31m" not in line_of({**request, "status": 200}, coloured=True)
    assert "\x1b[33m" in line_of({**request, "status": 200, "faults": [FAULT]}, coloured=True)
