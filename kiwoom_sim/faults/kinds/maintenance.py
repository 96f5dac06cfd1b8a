"""Close the service for maintenance."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Reply
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope

_PAGE = """<!DOCTYPE html>
<html lang="ko">
<head><meta charset="UTF-8"><title>시스템 점검 안내</title></head>
<body><h1>시스템 점검 중입니다</h1><p>서비스 이용에 불편을 드려 죄송합니다.</p></body>
</html>
"""


class Maintenance(Struct, frozen=True, kw_only=True, tag="maintenance", tag_field="kind"):
    """Answer everything with the page that says so, which is no JSON.

    At the `ws` door it refuses handshakes with the same page; connections that are open stay.

    Attributes:
        status: HTTP status at the `rest` door; clients met the page with 200 as well. A refused
            handshake always has 503.
        content_type: What the header says it is; `json` is as wrong as it sounds.
        text: The whole page; "" = a page in Korean.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect"))

    status: Literal[200, 503] = 200
    content_type: Literal["html", "json"] = "html"
    text: str = ""

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the page."""
        page = (self.text or _PAGE).encode()
        if occasion.facts.door == "ws":
            return (Reply(503, page, "text/html; charset=UTF-8"),)
        if self.content_type == "json":
            return (Reply(self.status, page),)
        return (Reply(self.status, page, "text/html; charset=UTF-8"),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""
