"""Open the REST door: translate HTTP into records and answers into HTTP.

One handler serves every broker path; a POST never passes the framework. Litestar carries the
rest (health, docs) and the broker paths for whoever mounts it; it is built in a thread after the
port is open, because importing it takes longer than everything else together.

Effects of fault plans are performed here and in `transmit.py`: waits, answers made elsewhere,
dropped connections, a door that stops listening.
This room knows effects, never fault kinds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.servers.arrival import StartShut, meet
from kiwoom_sim.servers.patience import Patience
from kiwoom_sim.servers.transmit import send_plainly, transmit
from kiwoom_sim.servers.wire import Address, Wire

BODY_BYTES_MAX = 1 << 20

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

log = logging.getLogger(__name__)

_BROKER_PATHS = ("/api/", "/oauth2/")
_TOO_LARGE = ApiReply(
    status=413, body=b'{"return_code":1,"return_msg":"request body is larger than 1 MiB"}'
)


class BrokerHandler:
    """Answer broker calls: the raw ASGI application behind every broker path.

    Attributes:
        shut: Begins to stop the door from listening for a while.
        freeze: Told the address of a client whose connection is left half open.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self.shut: StartShut = _cannot_shut
        self.freeze: Callable[[Address], None] = lambda _: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _read_body(receive)
        if body is None:
            await send_plainly(_TOO_LARGE, send)
            return
        try:
            ticket = await self._live.request(
                scope["method"],
                scope["path"],
                {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]},
                body,
                scope.get("state", {}).get("connection", 0),
            )
        except asyncio.CancelledError:  # the run ended before the answer was there
            await _drop(scope, receive)
            return
        if ticket.latency_ms or self._live.stands_still():
            await _patience(_wire(scope)).spend(self._live.delay(ticket.latency_ms))
        if ticket.plan.injections:
            await self._perform(ticket.plan, ticket.reply, scope, receive, send)
        else:
            assert ticket.reply is not None
            await send_plainly(ticket.reply, send)

    async def admit(self, connection: int, wire: Wire) -> bool:
        """Take a new connection; say whether it may go on."""
        plan = await self._live.arrive(connection)
        wire.on_freeze = self.freeze
        return await meet(plan, wire, self._live.delay, self.shut)

    async def _perform(
        self, plan: Plan, reply: ApiReply | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        wire = _wire(scope)
        if plan.delay_ms:
            await _patience(wire).spend(self._live.delay(plan.delay_ms))
        shut, how = plan.shut, plan.transmit
        if plan.restarts and wire is not None:
            wire.reset()
            await _disconnected(receive)
        elif plan.close is not None:
            await _drop(scope, receive)
        elif how is not None and wire is not None:
            wire.on_freeze = self.freeze
            goes_on = await transmit(reply, how, wire, send, self._live.delay)
            if not goes_on:
                await _disconnected(receive)
        elif reply is not None and not plan.is_lost:
            await send_plainly(reply, send)
        elif shut is None:
            await _drop(scope, receive)
        if shut is not None:
            self.shut(shut)
            if shut.cut:
                await _disconnected(receive)


class RestApp:
    """Stand in front of Litestar: POSTs on broker paths go straight to the handler."""

    def __init__(self, broker: BrokerHandler, build: Callable[[], Asgi]) -> None:
        self._broker = broker
        self._build = build
        self._carrier: Asgi | None = None
        self._building = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and (
            scope["method"] == "POST" or scope["path"].startswith(_BROKER_PATHS)
        ):
            await self._broker(scope, receive, send)
            return
        carrier = self._carrier or await self.carrier()
        if scope["type"] == "http" and scope["method"] == "HEAD":
            # The server sends no body for HEAD whatever the application answers.
            scope = {**scope, "method": "GET"}
        await carrier(scope, receive, send)

    async def carrier(self) -> Asgi:
        """Return the Litestar application, building it in a thread the first time."""
        async with self._building:
            if self._carrier is None:
                self._carrier = await asyncio.to_thread(self._build)
        return self._carrier


async def _read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or None if it is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body if len(body) <= BODY_BYTES_MAX else None
    parts, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES_MAX:
            return None
        parts.append(part)
    return b"".join(parts)


def _wire(scope: Scope) -> Wire | None:
    """Return the bytes behind a request, if this server shows them."""
    transport = scope.get("state", {}).get("transport")
    return transport if isinstance(transport, Wire) else None


def _patience(wire: Wire | None) -> Patience:
    return Patience() if wire is None else wire.patience


def _cannot_shut(_: Shut) -> None:
    raise ConnectionAbortedError("this server cannot stop listening")


async def _drop(scope: Scope, receive: Receive) -> None:
    """Cut the TCP connection without an answer."""
    transport = scope.get("state", {}).get("transport")
    if transport is None:
        raise ConnectionAbortedError("this server cannot drop a connection")
    transport.abort()
    await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    """Wait until the connection is gone; the server takes an early return for a crash."""
    while (await receive())["type"] != "http.disconnect":
        pass
