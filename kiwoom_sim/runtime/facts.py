"""State the facts that fault rules look at, from requests, messages and frames."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.protocol.ralph.session import PATH


class _Block(Struct):
    type: str | list[str] = ""
    item: str | list[str] = ""


class _Named(Struct):
    trnm: str = ""
    type: str = ""


class _Message(Struct):
    trnm: str = ""
    data: list[_Block] | None = None


def request_facts(request: ApiRequest, key: str, api_id: str, *, with_body: bool) -> Facts:
    """Return the facts about a REST request; its body is only read if asked for.

    Args:
        request: The request.
        key: Pseudonym of the caller, or an empty text.
        api_id: The API that the gateway takes it for, whatever its dialect.
        with_body: Whether a rule looks at the body.
    """
    return Facts(
        door="rest",
        moment="request",
        wire_ms=request.received_ms,
        connection=request.connection,
        key=key,
        api_id=api_id,
        path=request.path,
        headers=request.headers,
        body=_object(request.body) if with_body else {},
    )


def arrival_facts(record: Record) -> Facts:
    """Return the facts about a new connection at the REST or TLS door: nothing was said yet."""
    moment: Moment = "tls" if record.door == "tls" else "connect"
    return Facts(door="rest", moment=moment, wire_ms=record.ms, connection=record.conn)


def handshake_facts(record: Record) -> Facts:
    """Return the facts about a WebSocket handshake."""
    return Facts(
        door="ws",
        moment="connect",
        wire_ms=record.ms,
        connection=record.conn,
        path=record.path,
        headers=record.headers,
    )


def message_facts(
    moment: Moment, text: bytes, *, wire_ms: int, connection: int, key: str, path: str
) -> Facts:
    """Return the facts about a WebSocket message or frame.

    On `/ws` its `type` is the API id, and the real-time type where it is about tickers.
    """
    body = _object(text)
    if path == PATH:
        name, codes = _told(body)
        return Facts(
            door="ws", moment=moment, wire_ms=wire_ms, connection=connection, key=key,
            api_id=name, path=path, body=body, types=(name,) if codes else (), codes=codes,
            text=text,
        )  # fmt: skip
    try:
        message = msgspec.convert(body, _Message)
    except msgspec.ValidationError:
        message = _Message()
    blocks = message.data or []
    return Facts(
        door="ws",
        moment=moment,
        wire_ms=wire_ms,
        connection=connection,
        key=key,
        api_id=message.trnm,
        path=path,
        body=body,
        types=_names(block.type for block in blocks),
        codes=_names(block.item for block in blocks),
        text=text,
    )


def name_of(text: bytes) -> str:
    """Return what a message or frame is called: its `trnm`, else its `type`, else nothing."""
    try:
        named = msgspec.json.decode(text, type=_Named)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ""
    return named.trnm or named.type


def _object(text: bytes) -> dict[str, object]:
    """Return the members of a JSON object; none of anything else."""
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _told(body: dict[str, object]) -> tuple[str, tuple[str, ...]]:
    """Return the type and the tickers of a message or frame of `/ws`."""
    data = body.get("data")
    kind = body.get("type")
    ticker = (data if isinstance(data, dict) else body).get("ticker")
    several = body.get("tickers")
    named = [ticker, *(several if isinstance(several, list) else [])]
    codes = _names(value for value in named if isinstance(value, str))
    return (kind if isinstance(kind, str) else ""), codes


def _names(values: Iterable[str | list[str]]) -> tuple[str, ...]:
    """Return the different names in a message's blocks, in order."""
    found: dict[str, None] = {}
    for value in values:
        found.update(dict.fromkeys([value] if isinstance(value, str) else value))
    return tuple(name for name in found if name)
