"""Make wire time pass at once, and everything happen that is due in it.

Wire time stands still meanwhile but for jumps of at most `SLICE_MS`; after each, everything due
is handed out and peers that were sent a PING get a short real time to answer, so that a long
stretch does not make peers look dead that are not.
"""

import asyncio
from collections.abc import Callable

from kiwoom_sim.runtime.answers import Answers
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.turns import STEP_MS, Turns
from kiwoom_sim.runtime.wire_time import WireTime

SLICE_MS = 1_000
"""Wire time that passes in one jump at most; less where a peer would be due for two PINGs in it."""

SLICE_STEP_MS = 100
"""As `STEP_MS`, while time is made to pass: nobody waits for a single frame then."""

ANSWER_S = 1.0
"""Real time for which an answer to a PING is waited for, after the jump in which it was due."""


class Leaps:
    """Let one stretch of wire time pass after the other.

    Args:
        time: The wire time.
        turns: What happens in it.
        longest_ms: Wire time that may pass in one jump.

    Attributes:
        answers: Which peers owe an answer to a PING.
    """

    def __init__(self, time: WireTime, turns: Turns, longest_ms: int) -> None:
        self.answers = Answers()
        self._time = time
        self._turns = turns
        self._slice_ms = min(SLICE_MS, longest_ms)
        self._leaping = asyncio.Lock()

    def sent(self, frames: list[Outgoing]) -> None:
        """Take note of what was handed out."""
        if self._leaping.locked():
            self.answers.sent(frames)

    async def leap(self, by_ms: int, check: Callable[[], None]) -> None:
        """Let so much wire time pass; return when every frame that is due in it was handed out.

        Args:
            by_ms: How much, at least 0.
            check: Raises if the run has ended meanwhile.
        """
        assert by_ms >= 0
        async with self._leaping:
            self._time.begin()
            self._time.pause()
            self._turns.step_ms = SLICE_STEP_MS
            try:
                await self._jump(by_ms, check)
            finally:
                self._turns.step_ms = STEP_MS
                self._time.resume()

    async def _jump(self, by_ms: int, check: Callable[[], None]) -> None:
        """Make wire time pass, slice by slice."""
        ms = await self._turns.catch_up()
        check()
        end_ms = ms + by_ms
        if by_ms:
            # Nothing waits before it and its time is reached, so it is applied here and now.
            self._turns.take(self._turns.stamp("control", ms, text=f"advance {by_ms}"))
        while ms < end_ms:
            ms = self._time.skip(min(self._slice_ms, end_ms - ms))
            await self._turns.catch_up()
            await self.answers.wait(ANSWER_S)
            check()
