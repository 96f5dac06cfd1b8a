"""Know where the times of day of a push are, and change them.

A push of the official contract has them in its rows (`20`, `21`: HHMMSS), one of the older contract
in its `timestamp`.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from kiwoom_sim.core.clock import MS_PER_DAY, MS_PER_SECOND

_CLOCKS = ("20", "21")
_STAMP = "timestamp"


def retimed(old: bytes, new: Any) -> bytes:
    """Return an old frame with the times of a new one.

    Args:
        old: Text of a frame.
        new: The other frame, decoded.
    """
    frame = msgspec.json.decode(old)
    if _STAMP in frame and _STAMP in new:
        frame[_STAMP] = new[_STAMP]
    for values, fresh in zip(_rows(frame), _rows(new), strict=False):
        values.update({name: fresh[name] for name in _CLOCKS if name in values and name in fresh})
    return msgspec.json.encode(frame)


def shifted(text: bytes, by_ms: int) -> bytes:
    """Return a frame whose times are others, the same one if it has none that can be read.

    Args:
        text: Text of a frame.
        by_ms: How much later; below 0 = earlier.
    """
    try:
        frame = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    if not isinstance(frame, dict):
        return text
    is_changed = False
    stamp = frame.get(_STAMP)
    if isinstance(stamp, str) and (later := _later_stamp(stamp, by_ms)):
        frame[_STAMP], is_changed = later, True
    for values in _rows(frame):
        for name in _CLOCKS:
            of_day = values.get(name)
            if isinstance(of_day, str) and len(of_day) == 6 and of_day.isdecimal():
                values[name], is_changed = _later_of_day(of_day, by_ms), True
    return msgspec.json.encode(frame) if is_changed else text


def _rows(frame: Any) -> list[dict[str, Any]]:
    data = frame.get("data")
    rows = data if isinstance(data, list) else []
    return [row["values"] for row in rows if isinstance(row, dict) and "values" in row]


def _later_of_day(text: str, by_ms: int) -> str:
    seconds = (int(text[:2]) * 60 + int(text[2:4])) * 60 + int(text[4:])
    seconds = (seconds * MS_PER_SECOND + by_ms) % MS_PER_DAY // MS_PER_SECOND
    return f"{seconds // 3_600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def _later_stamp(text: str, by_ms: int) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return (moment + timedelta(milliseconds=by_ms)).isoformat(timespec="milliseconds")
