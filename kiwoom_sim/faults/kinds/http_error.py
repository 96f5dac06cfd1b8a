"""Answer with an HTTP error that the broker's gateway, not its API, would send."""

from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Reply
from kiwoom_sim.faults.occasion import Occasion

_HTML = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    "<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_BLOCKED = (
    "<html><head><title>Request Blocked</title></head><body>\r\n"
    "<h1>Request Blocked</h1>\r\n"
    "<p>The request was blocked by the security policy.</p>\r\n</body></html>\r\n"
)
"""What clients of the real service were shown for a blocked User-Agent, with status 400."""


class HttpError(Struct, frozen=True, kw_only=True, tag="http_error", tag_field="kind"):
    """Answer a REST request with an HTTP error instead of asking the world.

    Attributes:
        status: HTTP status.
        body: `json` is an object with `return_code` and `return_msg`, `html` the error page of
            a web server in front, `firewall` the page of a firewall that blocks a client (with
            status 400, and a match on `header.user-agent`), `empty` nothing at all.
        text: Words of `return_msg`, or the whole page if `body` is `html` or `firewall`; "" =
            made from the status.
        content_type: Type that the answer claims to have; "" = the one of its body.
        return_code: `return_code` of a JSON body.
        retry_after: Seconds in a `Retry-After` header; None = no such header.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    status: Annotated[int, Meta(ge=200, le=599)] = 503
    body: Literal["json", "html", "firewall", "empty"] = "json"
    text: str = ""
    content_type: Annotated[str, Meta(pattern="^[!-~]*( [!-~]+)*$")] = ""
    return_code: int = 1
    retry_after: Annotated[int, Meta(ge=0)] | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the answer."""
        headers: tuple[tuple[str, str], ...] = ()
        if self.retry_after is not None:
            headers = (("retry-after", str(self.retry_after)),)
        content_type, body = self._page()
        return (Reply(self.status, body, self.content_type or content_type, headers),)

    def _page(self) -> tuple[str, bytes]:
        """Return type and bytes of the body."""
        title = f"{self.status} {_phrase(self.status)}"
        if self.body == "html":
            return "text/html; charset=UTF-8", (self.text or _HTML.format(title=title)).encode()
        if self.body == "firewall":
            return "text/html; charset=UTF-8", (self.text or _BLOCKED).encode()
        if self.body == "empty":
            return "text/plain; charset=UTF-8", b""
        answer = {"return_code": self.return_code, "return_msg": self.text or title}
        return "application/json;charset=UTF-8", msgspec.json.encode(answer)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return "an empty body has no text" if self.body == "empty" and self.text else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
