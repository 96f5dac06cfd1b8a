"""Find what is behind an answer, frame or fault of a run, in the files of its directory.

Ids: "r12" is the answer to the request with sequence 12, "w4" the fourth line of the `ws` lane,
"f3" the third fault.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kiwoom_sim.observe import timing, trace
from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.run_directory import RunDirectory

ID = re.compile(r"([rwf])([1-9][0-9]{0,17})")
_FAULT = '"fault_chosen"'

Json = dict[str, Any]


def explain(run: RunDirectory, name: str) -> Json | None:
    """Return what is known of an id; None if the journal does not have it.

    Raises:
        ValueError: That is no id.
    """
    match = ID.fullmatch(name)
    if match is None:
        raise ValueError(name)
    number = int(match[2])
    if match[1] == "f":
        return _fault(run, name)
    lane = "rest" if match[1] == "r" else "ws"
    entry = next((line for line in _lines(run, lane) if line.get("seq") == number), None)
    if entry is None:
        return None
    found: Json = {"id": name, "frame" if lane == "ws" else "answer": entry}
    if lane == "rest":
        found["request"] = _line_of(run.path / trace.FILE_NAME, number)
        took = _line_of(run.path / timing.FILE_NAME, number)
        if took is not None:
            found["made_in_us"] = took["us"]
    found["faults"] = [event for fault in entry.get("faults", ()) if (event := _event(run, fault))]
    return found


def _fault(run: RunDirectory, name: str) -> Json | None:
    event = _event(run, name)
    if event is None:
        return None
    met = [
        f"{letter}{line['seq']}"
        for lane, letter in (("rest", "r"), ("ws", "w"))
        for line in _lines(run, lane, f'"{name}"')
        if name in line.get("faults", ())
    ]
    return {"id": name, "fault": event, "met": met}


def _event(run: RunDirectory, fault: str) -> Json | None:
    """Return why a fault was chosen."""
    for line in _lines(run, "events", _FAULT):
        detail = line.get("detail", {})
        if detail.get("id") == fault:
            return {"ms": line["ms"], "conn": line.get("conn", 0), **detail}
    return None


def _lines(run: RunDirectory, lane: str, text: str = "") -> Iterator[Json]:
    """Yield the lines of a lane that have a text in them."""
    for file in lane_files(run.journal, lane):
        yield from _read(file, text)


def _line_of(file: Path, number: int) -> Json | None:
    found = (line for line in _read(file, f'"seq":{number},') if line.get("seq") == number)
    return next(found, None)


def _read(file: Path, text: str) -> Iterator[Json]:
    if not file.is_file():
        return
    sought = text.encode()
    with file.open("rb") as lines:
        for line in lines:
            if sought in line and line.endswith(b"\n"):  # the last may be half written
                yield msgspec.json.decode(line)
