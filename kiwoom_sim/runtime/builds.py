"""Generate what a market is missing in worker threads, each thing once however many ask."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kiwoom_sim.market.store import NotReady

T = TypeVar("T")

WORKERS = 2
"""So that a quick question need not wait for a long one."""

log = logging.getLogger(__name__)


class Builds:
    """Hold the worker threads and what they are generating."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(WORKERS, "market")
        self._open: dict[Hashable, asyncio.Future[object]] = {}

    def __len__(self) -> int:
        """Return the number of things that are being generated."""
        return len(self._open)

    async def run(self, work: Callable[[], T]) -> T:
        """Do some work in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    async def build(self, missing: NotReady) -> None:
        """Generate what is missing; who gives up waiting does not stop it."""
        await asyncio.shield(self.start(missing))

    def start(self, missing: NotReady) -> asyncio.Future[object]:
        """Begin to generate what is missing, or join those who wait for it."""
        future = self._open.get(missing.key)
        if future is None:
            loop = asyncio.get_running_loop()
            future = loop.run_in_executor(self._worker, missing.build)
            self._open[missing.key] = future
            future.add_done_callback(lambda done: self._built(missing.key, done))
        return future

    def shut_down(self) -> None:
        """Begin nothing more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _built(self, key: Hashable, done: asyncio.Future[object]) -> None:
        del self._open[key]
        if not done.cancelled() and (failure := done.exception()) is not None:
            log.error("generation failed, key=%s", key, exc_info=failure)
