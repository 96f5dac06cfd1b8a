"""Send SYSTEM frames that nobody asked for."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Extra
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class SystemFrame(Struct, frozen=True, kw_only=True, tag="system_frame", tag_field="kind"):
    """Send a SYSTEM frame beside an answer, the answer to LOGIN unless `match.api` says else.

    The real service does so around logins; which codes it uses there is not published. A client
    must not echo the frame, nor take it for the answer.

    Attributes:
        code: Its `code`.
        message: Its `message`.
        at: Before or after the answer.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("message",), usual=("LOGIN",))

    code: Annotated[str, Meta(min_length=1)] = "R00000"
    message: str = "실시간 서비스에 접속되었습니다"
    at: Literal["before", "after"] = "before"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the frame."""
        frame = {"trnm": "SYSTEM", "code": self.code, "message": self.message}
        return (Extra(msgspec.json.encode(frame), before=self.at == "before"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
