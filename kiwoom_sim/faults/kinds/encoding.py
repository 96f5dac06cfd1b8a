"""Send bodies in another encoding than the headers say."""

from codecs import BOM_UTF8
from typing import ClassVar, Literal

from msgspec import Struct, structs

from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion


class Encoding(Struct, frozen=True, kw_only=True, tag="encoding", tag_field="kind"):
    """Send a body in an encoding that is not UTF-8, although its header says so.

    Attributes:
        to: `euc-kr` is what older Korean systems speak (a letter it lacks becomes "?"),
            `utf-8-bom` puts a byte order mark in front, `utf-16` doubles the size. A body that
            comes out the same is left alone.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    to: Literal["euc-kr", "utf-8-bom", "utf-16"] = "euc-kr"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the damage."""
        return (Alter(self, occasion),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:  # noqa: ARG002 - no chance in it
        """Return the answer with its body encoded anew."""
        text = answer.body.decode("utf-8", errors="replace")
        if self.to == "utf-8-bom":
            body = BOM_UTF8 + answer.body
        elif self.to == "utf-16":
            body = text.encode("utf-16-le")
        else:
            body = text.encode("euc-kr", errors="replace")
        return structs.replace(answer, body=body)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
