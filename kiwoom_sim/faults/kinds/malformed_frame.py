"""Send frames that are not what a client expects."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Replace
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import PUSHES, Scope

_TEXTS = {
    "text": b"Service Unavailable",
    "html": b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "null": b"null",
    "empty": b"",
}


class MalformedFrame(Struct, frozen=True, kw_only=True, tag="malformed_frame", tag_field="kind"):
    """Send something else instead of a frame; pushes unless `match.api` names other frames.

    Attributes:
        form: `broken` is the frame with its colons doubled, so no JSON; `text`, `html`, `null`
            and `empty` are what they say; `list` is the frame inside a list.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("frame",), usual=PUSHES)

    form: Literal["broken", "text", "html", "null", "empty", "list"] = "broken"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the text that is sent instead."""
        text = occasion.facts.text
        if self.form == "broken":
            return (Replace(text.replace(b":", b"::")),)
        if self.form == "list":
            return (Replace(b"[" + text + b"]"),)
        return (Replace(_TEXTS[self.form]),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
