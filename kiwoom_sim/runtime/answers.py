"""Know which WebSocket peers were sent a PING and have not answered yet, and wait for them.

Peers live in other threads and processes. Whoever makes wire time pass at once has to give them
some real time, or they would look dead after a few PINGs that they had no chance to answer.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from kiwoom_sim.runtime.outbox import Outgoing


class Answers:
    """Hold the connections whose answer is outstanding."""

    def __init__(self) -> None:
        self._asked: set[int] = set()
        self._heard = asyncio.Event()

    def sent(self, items: Iterable[Outgoing]) -> None:
        """Take note of the PINGs among what was handed out."""
        for item in items:
            if item.cause == "ping" and item.is_frame:
                self._asked.update(item.to)

    def received(self, connection: int, message: str | bytes) -> None:
        """Take note of a message; only one that speaks of PING is an answer."""
        if connection in self._asked:
            text = message if isinstance(message, bytes) else message.encode()
            if b"PING" in text:
                self.gone(connection)

    def gone(self, connection: int) -> None:
        """Expect nothing more of a connection."""
        self._asked.discard(connection)
        self._heard.set()

    async def wait(self, limit_s: float) -> None:
        """Return when all have answered, at the latest after a real time; then expect nothing."""
        await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while self._asked:
                    self._heard.clear()
                    await self._heard.wait()
        self._asked.clear()
