"""Put an answer on the wire in the way that a fault asks for.

The only place where bytes of an answer wait. What a connection is used for afterwards is decided
here too: it goes on, is closed, reset, or left to itself.

Not for: the answer, and what kind of fault this is.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from typing import Any

from kiwoom_sim.faults.transmission import Pace, Transmit
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.servers.wire import Wire

Send = Callable[[dict[str, Any]], Awaitable[None]]
Wait = Callable[[int], Awaitable[None]]
"""Waits for so many milliseconds of wire time."""

Headers = list[tuple[bytes, bytes]]


async def send_plainly(reply: ApiReply, send: Send) -> None:
    """Send an answer in one piece."""
    await send(_start(reply, len(reply.body)))
    await send({"type": "http.response.body", "body": reply.body})


async def transmit(
    reply: ApiReply | None, how: Transmit, wire: Wire, send: Send, wait: Wait
) -> bool:
    """Send an answer as told, and leave the connection as told; may take as long as the run.

    Returns:
        Whether the connection can be used for another request.
    """
    if how.garbage:
        wire.write(how.garbage)
    elif not how.is_lost:
        assert reply is not None
        is_done = await _Sender(reply, how, wire, send, wait).run()
        if how.end == "go_on" and not is_done:
            wire.abort()
            return False
    await leave(how, wire, wait)
    return how.end == "go_on"


async def leave(how: Transmit, wire: Wire, wait: Wait) -> None:
    """Do with a connection what has to be done at the end of a transmission."""
    if how.end == "hang":
        await _hold(how, wire, wait)
        wire.close()
    elif how.end == "half_open":
        await wire.patience.spend(wire.drained())
        wire.freeze()
        await _hold(how, wire, wait)
        wire.reset()
    elif how.end == "reset":
        await wire.patience.spend(wire.drained())
        wire.reset()
    elif how.end == "close":
        wire.close()


async def _hold(how: Transmit, wire: Wire, wait: Wait) -> None:
    if how.hold_ms:
        await wire.patience.spend(wait(how.hold_ms))
    else:
        await wire.patience.last()


class _Sender:
    """Hold one transmission of an answer."""

    def __init__(self, reply: ApiReply, how: Transmit, wire: Wire, send: Send, wait: Wait) -> None:
        self._reply, self._how, self._wire, self._send = reply, how, wire, send
        self._wait = wait

    async def run(self) -> bool:
        """Send head and body; say whether nothing cut that short."""
        reply, how = self._reply, self._how
        declared = max(0, len(reply.body) + how.length_by)
        if not await self._head(_start(reply, None if how.filler else declared)):
            return False
        body = reply.body[: how.kept(len(reply.body))]
        if how.filler and how.body is not None:
            return await self._endless(body, how.filler, how.body)
        if not await self._body(body[:declared], how.body):
            return False
        if how.end == "go_on":
            await self._send({"type": "http.response.body", "body": b""})
        if body[declared:]:
            self._wire.write(body[declared:])
        return True

    async def _head(self, start: dict[str, Any]) -> bool:
        pace = self._how.head
        if pace is None:
            await self._send(start)
            return True
        with self._wire.captured() as held:
            await self._send(start)
        for number, piece in enumerate(_pieces(bytes(held), pace)):
            if number and not await self._pause(pace):
                return False
            self._wire.write(piece)
        return True

    async def _body(self, body: bytes, pace: Pace | None) -> bool:
        for number, piece in enumerate(_pieces(body, pace)):
            if number and pace is not None and not await self._pause(pace):
                return False
            await self._part(piece)
        return True

    async def _endless(self, body: bytes, filler: bytes, pace: Pace) -> bool:
        await self._part(body)
        while await self._pause(pace):
            await self._part(filler)
        return False

    async def _part(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _pause(self, pace: Pace) -> bool:
        """Wait between two pieces; say whether to go on."""
        return await self._wire.patience.spend(self._wait(pace.every_ms))


def _pieces(data: bytes, pace: Pace | None) -> Iterator[bytes]:
    size = len(data) if pace is None else pace.piece_bytes
    for start in range(0, len(data), size or 1):
        yield data[start : start + size]


def _start(reply: ApiReply, length: int | None) -> dict[str, Any]:
    """Return the head of an answer; without a length it goes out in chunks."""
    headers: Headers = [*_encoded(reply.headers, reply.content_type)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


@lru_cache(maxsize=4_096)
def _encoded(headers: tuple[tuple[str, str], ...], content_type: str) -> Headers:
    pairs = [("content-type", content_type), *headers]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
