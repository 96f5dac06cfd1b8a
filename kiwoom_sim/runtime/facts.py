"""State the facts that fault rules look at, from requests, messages and frames."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.messages import ApiRequest


class _Block(Struct):
    type: str | list[str] = ""
    item: str | list[str] = ""


class _Message(Struct):
    trnm: str = ""
    data: list[_Block] | None = None


def request_facts(request: ApiRequest, key: str, *, with_body: bool) -> Facts:
    """Return the facts about a REST request; its body is only read if asked for."""
    return Facts(
        door="rest",
        moment="request",
        wire_ms=request.received_ms,
        connection=request.connection,
        key=key,
        api_id=request.api_id,
        path=request.path,
        headers=request.headers,
        body=_object(request.body) if with_body else {},
    )


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
    """Return the facts about a WebSocket message or frame."""
    body = _object(text)
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
    )


def _object(text: bytes) -> dict[str, object]:
    """Return the members of a JSON object; none of anything else."""
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _names(values: Iterable[str | list[str]]) -> tuple[str, ...]:
    """Return the different names in a message's blocks, in order."""
    found: dict[str, None] = {}
    for value in values:
        found.update(dict.fromkeys([value] if isinstance(value, str) else value))
    return tuple(name for name in found if name)
