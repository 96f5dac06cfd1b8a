"""Write the answers of the `ralph` dialect: plain JSON, the return code first.

A denial says the same thing twice: `return_msg` for clients that read the broker's members,
`detail` for those that grew up with FastAPI. `return_code` is always an integer, 0 on success.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct, structs

from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.protocol.projection import SUCCESS_TEXT

Member = str | Sequence[Mapping[str, str]] | Mapping[str, Sequence[str]]

QUOTED_MAX = 60

_RETURN_CODES = {400: 2, 401: 3}
"""The broker's families: wrong input, no authorization; anything else is a wrong request (1)."""

_STATUSES = {2: 400, 3: 401, 5: 429}
"""How the older servers said what the broker says with status 200; anything else is 500."""


class Denied(Struct, frozen=True):
    """Say no, with the HTTP status of the old servers."""

    status: int
    message: str


def success(members: Mapping[str, Member]) -> ApiReply:
    """Return a successful answer."""
    body = {"return_code": 0, "return_msg": SUCCESS_TEXT, **members}
    return ApiReply(body=msgspec.json.encode(body))


def denial(denied: Denied) -> ApiReply:
    """Return the answer of a request that was denied."""
    code = _RETURN_CODES.get(denied.status, 1)
    headers = (("allow", "POST"),) if denied.status == 405 else ()
    reply = failure(code, denied.message, str(denied.status), status=denied.status)
    return structs.replace(reply, headers=headers)


def failure(return_code: int, message: str, refusal: str, *, status: int = 0) -> ApiReply:
    """Return an answer that failed, whoever decided on it.

    Args:
        return_code: The broker's family of errors.
        message: What went wrong.
        refusal: Code of the refusal, for the journal.
        status: HTTP status, or 0 for the one that fits the return code.
    """
    body = {"return_code": return_code, "return_msg": message, "detail": message}
    return ApiReply(
        status=status or _STATUSES.get(return_code, 500),
        body=msgspec.json.encode(body),
        refusal=refusal,
    )


def quoted(value: str | None) -> str:
    """Return what a client sent as a denial repeats it: as JSON, cut to a readable length."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= QUOTED_MAX else text[:QUOTED_MAX] + "..."


def two_decimals(hundredths: int, *, plus: bool = False) -> str:
    """Return a number of hundredths as a text; `plus` marks what is not negative."""
    sign = "-" if hundredths < 0 else "+" if plus else ""
    whole, fraction = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{fraction:02d}"
