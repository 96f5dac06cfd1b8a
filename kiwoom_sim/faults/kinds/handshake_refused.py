"""Refuse WebSocket handshakes."""

from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Reply
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class HandshakeRefused(
    Struct, frozen=True, kw_only=True, tag="handshake_refused", tag_field="kind"
):
    """Answer a WebSocket handshake with an HTTP error; no connection comes about.

    Attributes:
        status: HTTP status.
        body: `html` is a page, `json` an object with `return_code` and `return_msg`, `empty`
            nothing at all.
    """

    doors: ClassVar[tuple[str, ...]] = ("ws",)
    acts_on: ClassVar[Scope] = Scope(moments=("connect",))

    status: Annotated[int, Meta(ge=400, le=599)] = 503
    body: Literal["html", "json", "empty"] = "html"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the answer."""
        line = f"{self.status} {HTTPStatus(self.status).phrase}"
        if self.body == "json":
            answer = {"return_code": 1, "return_msg": line}
            return (Reply(self.status, msgspec.json.encode(answer)),)
        page = f"<html><body><h1>{line}</h1></body></html>" if self.body == "html" else ""
        kind = "text/html; charset=UTF-8" if page else "text/plain; charset=UTF-8"
        return (Reply(self.status, page.encode(), kind),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        known = {status.value for status in HTTPStatus}
        return "" if self.status in known else f"{self.status} is no HTTP status"
