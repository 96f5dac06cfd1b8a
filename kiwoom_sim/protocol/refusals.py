"""Say no in the broker's words: documented codes and how each looks on the wire.

Refusals are values: `Refused` names a code, `render` makes the HTTP answer, `system_frame` and
`socket_message` the WebSocket forms. The words are in `data/refusals.toml`.

Not for: success answers, and answers that are not the broker's (HTML pages of a proxy).
"""

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal

import msgspec
from msgspec import Struct

from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.messages import ApiReply

EXPOSED = ("access-control-expose-headers", "api-id,cont-yn,next-key")
"""Header that lets browsers read the broker's own headers; clients insist on no blanks."""

BUSINESS_RETURN_CODE = 20


class Refused(Struct, frozen=True):
    """Name a documented refusal.

    Attributes:
        code: Documented code, for example "8005" or "RC4058".
        parameters: Values of the placeholders of its text.
        status: HTTP status, or 0 for the documented one.
    """

    code: str
    parameters: dict[str, str] = {}
    status: int = 0


class _Rest(Struct, frozen=True, forbid_unknown_fields=True):
    return_code: int
    detail: str
    seen: str
    status: int = 200
    bare: bool = False


class _Business(Struct, frozen=True, forbid_unknown_fields=True):
    detail: str
    seen: str
    environment: Literal["real", "demo"]


class _Message(Struct, frozen=True, forbid_unknown_fields=True):
    message: str
    seen: str


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    family: dict[str, str]
    rest: dict[str, _Rest]
    business: dict[str, _Business]
    socket: dict[str, _Message]
    system: dict[str, _Message]


class _Gaps(dict[str, str]):
    """Leave nothing where a placeholder has no value."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def _table() -> _Table:
    text = files("kiwoom_sim.protocol").joinpath("data/refusals.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)


def rest_codes() -> tuple[str, ...]:
    """Return every code that `render` knows, gateway first, each group in file order."""
    table = _table()
    return (*table.rest, *table.business)


def placeholders(code: str) -> tuple[str, ...]:
    """Return the names of the placeholders in the text of a code that `render` knows."""
    table = _table()
    entry = table.rest.get(code) or table.business[code]
    return tuple(name for _, name, _, _ in Formatter().parse(entry.detail) if name)


def detail(refused: Refused) -> str:
    """Return the text inside the brackets of a refusal."""
    table = _table()
    entry = table.rest.get(refused.code) or table.business.get(refused.code)
    if entry is None:
        raise CatalogError(f"unknown refusal code {refused.code!r}")
    return entry.detail.format_map(_Gaps(refused.parameters))


def return_message(refused: Refused) -> tuple[int, str]:
    """Return `return_code` and `return_msg` of a refusal."""
    table = _table()
    text = detail(refused)
    entry = table.rest.get(refused.code)
    if entry is None:
        return BUSINESS_RETURN_CODE, f"[2000]({refused.code}:{text})"
    family = "" if entry.bare else table.family[str(entry.return_code)]
    inside = f"{refused.code}:{text}" if text else refused.code
    return entry.return_code, f"{family}[{inside}]"


def status_of(refused: Refused) -> int:
    """Return the HTTP status of a refusal."""
    entry = _table().rest.get(refused.code)
    return refused.status or (entry.status if entry else 200)


def render(refused: Refused, api_id: str = "") -> ApiReply:
    """Return the HTTP answer of a refusal.

    Args:
        refused: What to say.
        api_id: API id to repeat in the headers; the answer to a call without one has none.
    """
    return_code, message = return_message(refused)
    headers = [("cont-yn", "N"), ("next-key", ""), EXPOSED]
    if api_id:
        headers.insert(0, ("api-id", api_id))
    return ApiReply(
        status=status_of(refused),
        headers=tuple(headers),
        body=msgspec.json.encode({"return_code": return_code, "return_msg": message}),
        refusal=refused.code,
    )


def socket_message(code: int, **parameters: str) -> str:
    """Return `return_msg` of a WebSocket answer with a non-zero `return_code`."""
    return _table().socket[str(code)].message.format_map(_Gaps(parameters))


def system_frame(code: str) -> bytes:
    """Return a SYSTEM frame; its keys are `code` and `message`, unlike every answer's."""
    message = _table().system[code].message
    return msgspec.json.encode({"trnm": "SYSTEM", "code": code, "message": message})
