"""Run uvicorn for the REST door: numbered connections, no signals, no talk.

Known deviation from a plain uvicorn: connections are numbered from 1 in order of arrival, and
each request's state carries that number and its transport, so that a fault can cut it off.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from itertools import count
from typing import Any

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_S = 75
GRACE_S = 2
TICK_S = 0.01
"""How soon the end is noticed; uvicorn's own 0.1 s is felt by tests that start many servers."""


def numbered_protocol() -> type[HttpToolsProtocol]:
    """Return a protocol class whose connections are counted from 1."""
    ordinals = count(1)

    class NumberedProtocol(HttpToolsProtocol):
        """Count connections and show each request its own."""

        @override
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {"connection": next(ordinals), "transport": transport}

    return NumberedProtocol


class HttpServer(uvicorn.Server):
    """Serve an application on an open socket until `should_exit` is set.

    Attributes:
        ready: Set once the socket is served.
    """

    def __init__(self, app: Any) -> None:
        self.ready = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                http=numbered_protocol(),
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the host."""
        yield

    @override
    async def main_loop(self) -> None:
        """Wait for the end."""
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110 - uvicorn's interface is a flag
            await asyncio.sleep(TICK_S)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def run_on(self, sock: socket.socket) -> None:
        """Serve on a bound socket."""
        await self.serve(sockets=[sock])
