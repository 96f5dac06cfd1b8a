"""Repeat old values while the market moves."""

from typing import Any, ClassVar, Literal

import msgspec
from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Replace
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope

_CLOCKS = ("20", "21")
"""Fields of a real-time row that hold a time of day."""

_STAMP = "timestamp"


class StaleFrame(Struct, frozen=True, kw_only=True, tag="stale_frame", tag_field="kind"):
    """Repeat an item's values instead of its new ones, frame for frame.

    The first frame of an item that meets the rule goes out as it is; what follows repeats it.
    Pushes (`REAL`) unless `match.api` names other frames.

    Attributes:
        clock: `old` repeats the whole frame; `new` gives the old values the new time, so that
            only the values tell.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    clock: Literal["old", "new"] = "old"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the old frame of the item, nothing where this one is the first."""
        facts = occasion.facts
        subject = f"{facts.api_id}|{facts.types}|{facts.codes}"
        old = occasion.recall(subject)
        if old is None:
            occasion.keep(subject, facts.text)
            return ()
        return (Replace(old if self.clock == "old" else _retimed(old, facts.body)),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""


def _retimed(old: bytes, new: Any) -> bytes:
    """Return an old frame with the times of a new one."""
    frame = msgspec.json.decode(old)
    if _STAMP in frame and _STAMP in new:
        frame[_STAMP] = new[_STAMP]
    rows = zip(_rows(frame), _rows(new), strict=False)
    for values, fresh in rows:
        values.update({name: fresh[name] for name in _CLOCKS if name in values and name in fresh})
    return msgspec.json.encode(frame)


def _rows(frame: Any) -> list[dict[str, Any]]:
    data = frame.get("data")
    rows = data if isinstance(data, list) else []
    return [row["values"] for row in rows if isinstance(row, dict) and "values" in row]
