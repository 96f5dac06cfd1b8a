"""Tell the wire time of a live run, and wait for it.

Wire time may stand still until the first client comes (`hold`), and while it is made to pass at
once; whoever waits for some of it is woken by every jump.

Not for: reading the wall clock (`pacer.py`), and what happens in the time that passes
(`turns.py`).
"""

import asyncio
import contextlib

from kiwoom_sim.runtime.pacer import Pacer


class WireTime:
    """Hold the wire time of one run.

    Args:
        pacer: Where it comes from.
        holds: It stands at 0 until `begin`.
    """

    def __init__(self, pacer: Pacer, *, holds: bool) -> None:
        self._pacer = pacer
        self._holds = holds
        self._jumped = asyncio.Event()

    def now_ms(self) -> int:
        """Return the wire time."""
        return 0 if self._holds else self._pacer.now_ms()

    def start(self) -> None:
        """Let it begin, unless it is held."""
        self._pacer.restart()

    def begin(self) -> None:
        """Let it begin if it is held, as the first client does."""
        if self._holds:
            self._holds = False
            self._pacer.restart()

    def pause(self) -> None:
        """Let it stand still, but for `skip`, until `resume`."""
        self._pacer.pause()

    def resume(self) -> None:
        """Let it go on from where it stands."""
        self._pacer.resume()

    def skip(self, by_ms: int) -> int:
        """Let so much of it pass at once, wake whoever waits, and return what it is then."""
        ms = self._pacer.skip(by_ms)
        self._jumped.set()
        self._jumped = asyncio.Event()
        return ms

    async def delay(self, by_ms: int) -> None:
        """Wait for so much wire time, which may be made to pass at once."""
        if self._holds:
            await asyncio.sleep(by_ms / 1_000)
            return
        end_ms = self._pacer.now_ms() + by_ms
        while (left_ms := end_ms - self._pacer.now_ms()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._jumped.wait(), left_ms / 1_000)
