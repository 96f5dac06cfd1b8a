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


class HttpError(Struct, frozen=True, kw_only=True, tag="http_error", tag_field="kind"):
    """Answer a REST request with an HTTP error instead of asking the world.

    Attributes:
        status: HTTP status.
        body: `json` is an object with `return_code` and `return_msg`, `html` the error page of
            a web server in front, `empty` nothing at all.
        text: Words of `return_msg`, or the whole page if `body` is `html`; "" = made from the
            status.
        return_code: `return_code` of a JSON body.
        retry_after: Seconds in a `Retry-After` header; None = no such header.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    status: Annotated[int, Meta(ge=200, le=599)] = 503
    body: Literal["json", "html", "empty"] = "json"
    text: str = ""
    return_code: int = 1
    retry_after: Annotated[int, Meta(ge=0)] | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the answer."""
        headers: tuple[tuple[str, str], ...] = ()
        if self.retry_after is not None:
            headers = (("retry-after", str(self.retry_after)),)
        if self.body == "html":
            page = self.text or _HTML.format(title=f"{self.status} {_phrase(self.status)}")
            return (Reply(self.status, page.encode(), "text/html; charset=UTF-8", headers),)
        if self.body == "empty":
            return (Reply(self.status, b"", "text/plain; charset=UTF-8", headers),)
        message = self.text or f"{self.status} {_phrase(self.status)}"
        answer = {"return_code": self.return_code, "return_msg": message}
        return (Reply(self.status, msgspec.json.encode(answer), headers=headers),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return "an empty body has no text" if self.body == "empty" and self.text else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
