"""Run a simulator in a background thread, for tests that are not asynchronous themselves.

The simulator has a thread and an event loop of its own, so it does not matter what the test runs
in: nothing, asyncio, trio. Everything here may be called from any thread.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent import futures
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from kiwoom_sim.app import Running, serve
from kiwoom_sim.errors import StartError
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.values import duration_ms

T = TypeVar("T")

WAIT_S = 60
LOOK_S = 0.5
"""How often somebody who waits for the simulator's thread looks whether it still lives."""


class BackgroundSimulator:
    """Hold a simulator on free ports for as long as the context lasts.

    Args:
        scenario: A file or a shipped name.
        overrides: Changed values by dotted key ({"seed": 7, "wire.limits_enabled": False}).
        runs: Directory that keeps the run; None keeps nothing.

    Raises:
        ScenarioError: The scenario cannot be used.
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
        try:
            ready = self._started.wait(WAIT_S)
        except BaseException:  # Ctrl-C: nobody will leave a context that was never entered
            self._shut_down()
            raise
        if self._failure is not None:
            raise self._failure
        if not ready:
            self._shut_down()
            raise StartError(f"the simulator did not start within {WAIT_S} s")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._shut_down()
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def running(self) -> Running:
        """Return the simulator itself; its event loop is not the caller's."""
        assert self._running is not None
        return self._running

    @property
    def rest_url(self) -> str:
        """Return the base URL of the REST door."""
        return self.running.rest_url

    @property
    def ws_url(self) -> str:
        """Return the base URL of the WebSocket door, without a path."""
        return self.running.ws_url

    @property
    def control_url(self) -> str:
        """Return the base URL of the control door."""
        return self.running.control_url

    @property
    def wire_ms(self) -> int:
        """Return the wire time: milliseconds since the run began."""
        return self._ask(lambda: self.running.wire_ms)

    @property
    def market_time(self) -> datetime:
        """Return the market time: Korean, without a time zone, as scenario files write it."""
        return self._ask(lambda: self.running.market_time)

    def requests(self, api: str = "") -> int:
        """Return how many requests were answered, of one API id or in all."""
        return self.running.requests(api)

    def faults(self) -> dict[str, int]:
        """Return how many faults were injected so far, by the id of the rule."""
        return self.running.faults()

    def advance(self, duration: str | int) -> None:
        """Let time pass at once, instead of waiting for it.

        Wire time skips forward: limits refill, phases change, PINGs come due, tokens age. Market
        time goes along at its speed. With `clock.mode = "stepped"` the market stands still
        otherwise and moves by exactly as much, so that what a test sees does not depend on how
        fast the machine is. Returns when every frame that is due in that time was handed to the
        sockets; a client may still have to read them.

        A client that is sent a PING meanwhile gets up to a second of real time to answer. One
        that cannot, because the test blocks its event loop, is slow to advance past and in the
        end disconnected: in an asynchronous test with a WebSocket client of its own write
        `await asyncio.to_thread(sim.advance, "5s")` (trio: `trio.to_thread.run_sync`).

        Args:
            duration: "5s", "250ms", "2m", "1h", in market time "5s@market"; a number is ms.

        Raises:
            ValueError: That is not a duration, or is negative.
            RuntimeError: The simulator has ended or failed.
        """
        by_ms = duration_ms(duration, self._scenario.clock.speed)
        self._run(self.running.live.advance(by_ms))

    def _ask(self, question: Callable[[], T]) -> T:
        """Return an answer that the simulator's own thread gives, while it lives."""

        async def answer() -> T:
            return question()

        if not self._thread.is_alive():
            return question()
        return self._run(answer())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the simulator's loop do something, and wait for it.

        Raises:
            RuntimeError: The simulator has ended or failed.
        """
        assert self._loop is not None
        if self._loop.is_closed():
            work.close()
            raise self._ended()
        try:
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as closed:
            work.close()
            raise self._ended() from closed
        try:
            while self._thread.is_alive() and not futures.wait([future], LOOK_S).done:
                pass
        except BaseException:  # Ctrl-C
            future.cancel()
            raise
        try:
            return future.result(timeout=0)
        except (futures.CancelledError, TimeoutError) as unanswered:
            raise self._ended() from unanswered

    def _ended(self) -> RuntimeError:
        if self._failure is not None:
            return RuntimeError(f"the simulator has failed: {self._failure!r}")
        return RuntimeError("the simulator has ended")

    def _shut_down(self) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it may end by itself at this moment
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(WAIT_S)

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
