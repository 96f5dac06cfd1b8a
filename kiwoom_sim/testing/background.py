"""Run a simulator in a background thread, for tests that are not asynchronous themselves."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from kiwoom_sim.app import Running, serve
from kiwoom_sim.scenario.loader import load_scenario

WAIT_S = 60


class BackgroundSimulator:
    """Hold a simulator on free ports for as long as the context lasts.

    Args:
        scenario: A file or a shipped name.
        overrides: Changed values by dotted key ({"seed": 7, "wire.limits_enabled": False}).
        runs: Directory that keeps the run; None keeps nothing.
    """

    def __init__(
        self,
        scenario: str | Path = "normal_market",
        overrides: Mapping[str, object] | None = None,
        *,
        runs: Path | None = None,
    ) -> None:
        self._scenario = load_scenario(scenario, overrides=overrides or {})
        self._runs = runs
        self._thread = threading.Thread(target=self._main, name="kiwoom-sim", daemon=True)
        self._started = threading.Event()
        self._running: Running | None = None
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(WAIT_S)
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(WAIT_S)
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def running(self) -> Running:
        """Return the simulator itself."""
        assert self._running is not None
        return self._running

    @property
    def rest_url(self) -> str:
        """Return the base URL of the REST door."""
        return self.running.rest_url

    @property
    def ws_url(self) -> str:
        """Return the base URL of the WebSocket door."""
        return self.running.ws_url

    def requests(self, api: str = "") -> int:
        """Return how many requests were answered, of one API id or in all."""
        return self.running.requests(api)

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits
            self._failure = failure
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._scenario, rest_port=0, ws_port=0, runs=self._runs) as running:
            self._running = running
            self._started.set()
            await self._stop.wait()
