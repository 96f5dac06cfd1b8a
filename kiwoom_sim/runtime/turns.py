"""Bring the WebSocket side of a live run up to its wire time, turn by turn.

A record of that side waits in the inbox until the frames before it are made. One turn makes what
can be made without holding the event loop for long; what the market has to generate first, a
worker thread does while the event loop goes on.

Not for: what comes in at the doors (`live.py`).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.records import Kind, Record
from kiwoom_sim.runtime.builds import Builds
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import stamp_ns
from kiwoom_sim.runtime.service import Disruption
from kiwoom_sim.runtime.simulation import Simulation

PUMP_S = 0.003
"""Frames leave in batches; on uvloop a sleep below 2 ms would spin."""

IDLE_PUMP_S = 0.02
TURN_NS = 15_000_000
"""How long one turn may hold the event loop when many frames are due."""

STEP_MS = 4
"""Wire time between two looks at how long a turn has taken."""

Deliver = Callable[[list[Outgoing]], None]
Disrupt = Callable[[Disruption], None]
Progress = NotReady | bool
"""What a turn came to: all done, more to do, or something to generate first."""


class Turns:
    """Hold the inbox of one run and work it off.

    Invariant: records are stamped and written down in order, and applied in that order.

    Args:
        simulation: What is run.
        now_ms: Tells the wire time.
        deliver: Called with every batch of frames, in order.
        disrupt: Called with every stop and restart of the service, after the frames before it.

    Attributes:
        builds: What worker threads are generating.
        step_ms: Wire time between two looks at how long a turn has taken.
        has_ended: Whether no more turns are taken by themselves.
    """

    def __init__(
        self,
        simulation: Simulation,
        now_ms: Callable[[], int],
        deliver: Deliver,
        disrupt: Disrupt,
    ) -> None:
        self.builds = Builds()
        self.step_ms = STEP_MS
        self.has_ended = False
        self._simulation = simulation
        self._now_ms = now_ms
        self._deliver = deliver
        self._disrupt = disrupt
        self._sequence = 0
        self._inbox: deque[tuple[Record, asyncio.Future[Plan] | None]] = deque()

    def stamp(self, kind: Kind, ms: int | None = None, **fields: Any) -> Record:
        """Return a record of something that comes in now, with the next sequence.

        Args:
            kind: What it is.
            ms: Wire time if it is known already.
            fields: Its other fields.
        """
        self._sequence += 1
        ms = self._now_ms() if ms is None else ms
        return Record(ms=ms, seq=self._sequence, kind=kind, **fields)

    def take(self, record: Record, future: asyncio.Future[Plan] | None = None) -> None:
        """Write a record down and apply it in its turn; a future is told what goes wrong."""
        self._simulation.accept(record)
        self._inbox.append((record, future))
        self._turn(record.ms)

    def abandon(self) -> None:
        """Let nobody wait for a turn any more: there are none to come."""
        for _, future in self._inbox:
            if future is not None:
                future.cancel()

    async def catch_up(self) -> int:
        """Bring the WebSocket side up to now and return that wire time."""
        while True:
            ms = self._now_ms()
            reached = self._turn(ms)
            if reached is True:
                return ms
            await self._go_on(reached)

    async def run(self) -> None:
        """Take turns until the end."""
        metrics = self._simulation.parts.metrics
        while not self.has_ended:
            reached = self._turn(self._now_ms())
            if reached is not True:
                await self._go_on(reached)
                continue
            self._build_ahead(self._now_ms())
            await asyncio.sleep(PUMP_S if metrics.connections else IDLE_PUMP_S)

    def hand_out(self) -> None:
        """Give everything that has to be sent or done to the doors."""
        frames = self._simulation.take_frames()
        if frames:
            self._deliver(frames)
        for disruption in self._simulation.parts.service.take_orders():
            self._disrupt(disruption)

    def _turn(self, ms: int) -> Progress:
        """Apply the inbox and pump to a wire time, as far as one turn may go.

        Returns:
            True if it got there, False if there is more to do, or what has to be generated.
        """
        end_ns = stamp_ns() + TURN_NS
        try:
            while self._inbox:
                record, future = self._inbox[0]
                if not self._pump_to(record.ms, end_ns):
                    return False
                self._inbox.popleft()
                plan = self._simulation.apply(record)
                if future is not None and not future.done():
                    future.set_result(plan)
            if not self._pump_to(ms, end_ns):
                return False
            self._end_phases(ms)
        except NotReady as missing:
            return missing
        else:
            return True
        finally:
            self.hand_out()

    def _end_phases(self, ms: int) -> None:
        """End phases whose `until` holds; the record of it is what a replay goes by."""
        while phase := self._simulation.reached(ms):
            record = self.stamp("control", ms, text=f"until {phase}")
            self._simulation.accept(record)
            self._simulation.apply(record)

    def _pump_to(self, ms: int, end_ns: int) -> bool:
        """Pump in steps until a wire time or until the turn is over; say whether it got there."""
        while True:
            step_ms = min(ms, self._simulation.pumped_ms + self.step_ms)
            self._simulation.pump(step_ms)
            if step_ms == ms:
                return True
            if stamp_ns() > end_ns:
                return False

    async def _go_on(self, reached: Progress) -> None:
        """Let others run, or generate what is missing, before the next turn."""
        if isinstance(reached, NotReady):
            await self.builds.build(reached)
        else:
            await asyncio.sleep(0)

    def _build_ahead(self, ms: int) -> None:
        """Let an idle worker generate what the next frames will need."""
        if not self.builds:
            missing = self._simulation.parts.ticker.ahead(ms)
            if missing is not None:
                _ = self.builds.start(missing)
