"""Break the JSON of answers."""

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, structs

from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}:,]')


class Malformed(Struct, frozen=True, kw_only=True, tag="malformed", tag_field="kind"):
    """Send an answer whose body is no JSON; status, headers and length are right.

    Attributes:
        form: `cut` ends the body at a drawn place, `damaged` puts a `#` in place of one of its
            brackets, colons or commas, `empty` sends no body.
        keep_bps: Share of the body that a `cut` leaves ("60%"); none = drawn.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    form: Literal["cut", "damaged", "empty"] = "cut"
    keep_bps: Annotated[int, Meta(ge=0, le=9_999)] | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer with its body broken."""
        body = answer.body
        if not body:
            return answer
        if self.form == "empty":
            return structs.replace(answer, body=b"")
        if self.form == "cut":
            return structs.replace(answer, body=body[: self._end(body, occasion)])
        marks = [m.start() for m in _TOKENS.finditer(body) if m.end() - m.start() == 1]
        if not marks:
            return answer
        place = marks[occasion.draw_below(len(marks))]
        return structs.replace(answer, body=body[:place] + b"#" + body[place + 1 :])

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.keep_bps is not None and self.form != "cut":
            return f'keep goes with form = "cut", not "{self.form}"'
        return ""

    def _end(self, body: bytes, occasion: Occasion) -> int:
        """Return where a body is cut: before its end, never inside a letter."""
        if self.keep_bps is None:
            end = occasion.draw_below(len(body))
        else:
            end = len(body) * self.keep_bps // 10_000
        while body[end] & 0xC0 == 0x80:
            end -= 1
        return end
