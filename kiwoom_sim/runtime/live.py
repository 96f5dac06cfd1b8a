"""Run a simulation live: stamp what comes in, generate off the loop, hand frames out.

Everything that comes in becomes a record at once. A request is admitted on the spot. A record of
the WebSocket door waits in the inbox until the frames before it are made; if the market has to be
generated for those, a worker thread does it and the event loop goes on.

Time can be made to pass at once (`advance`). Meanwhile wire time stands still but for jumps of at
most `SLICE_MS`; after each, everything due is handed out and peers that were sent a PING get a
short real time to answer, so that a long stretch does not make peers look dead that are not.

Invariants: records are stamped and recorded in order; REST calls that a WebSocket session can see
(tokens) and, where frame faults are armed, all REST calls wait until the inbox is empty, so that
a replay, which never waits, makes the same bytes.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.records import Kind, Record, split_body
from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.protocol.ralph.session import PATH as RALPH_PATH
from kiwoom_sim.runtime.answers import Answers
from kiwoom_sim.runtime.builds import Builds
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer, stamp_ns
from kiwoom_sim.runtime.requests import Ticket
from kiwoom_sim.runtime.simulation import Simulation

PUMP_S = 0.003
"""Frames leave in batches; on uvloop a sleep below 2 ms would spin."""

IDLE_PUMP_S = 0.02
TURN_NS = 15_000_000
"""How long one turn may hold the event loop when many frames are due."""

STEP_MS = 4
"""Wire time between two looks at how long a turn has taken."""

SLICE_MS = 1_000
"""Wire time that passes in one jump at most; less where a peer would be due for two PINGs in it."""

SLICE_STEP_MS = 100
"""As `STEP_MS`, while time is made to pass: nobody waits for a single frame then."""

ANSWER_S = 1.0
"""Real time for which an answer to a PING is waited for, after the jump in which it was due."""

FLUSH_S = 0.1
WATCH_S = 0.01

log = logging.getLogger(__name__)

Deliver = Callable[[list[Outgoing]], None]
Progress = NotReady | bool
"""What a turn came to: all done, more to do, or something to generate first."""


class Live:
    """Drive one simulation from an event loop.

    Attributes:
        simulation: What is driven.
        deliver: Called with every batch of frames, in order.
        failed: Set to what broke the run, if anything did.
    """

    def __init__(self, simulation: Simulation, pacer: Pacer, timing: TimingLog) -> None:
        self.simulation = simulation
        self.deliver: Deliver = lambda _: None
        self._pacer = pacer
        self._timing = timing
        self._holding = simulation.scenario.clock.hold == "first-request"
        faults = simulation.parts.faults
        self._armed = faults.watches("ws") or faults.reaches_sockets()
        self._sequence = 0
        self._sockets_opened = 0
        self._inbox: deque[tuple[Record, asyncio.Future[Plan] | None]] = deque()
        self._generated: set[tuple[str, str]] = set()
        self._builds = Builds()
        self._stopping = False
        self._ended = asyncio.Event()
        self._step_ms = STEP_MS
        self._slice_ms = min(SLICE_MS, simulation.ping_interval_ms)
        self._advancing = asyncio.Lock()
        self._jumped = asyncio.Event()
        self._answers = Answers()
        simulation.parts.store.cooperative = True

    def now_ms(self) -> int:
        """Return the wire time; it stands still until the first client, if so configured."""
        return 0 if self._holding else self._pacer.now_ms()

    def start(self) -> None:
        """Let wire time begin."""
        self._pacer.restart()

    async def run(self) -> None:
        """Pump frames and write files until the run is stopped."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump_for_ever())
            tasks.create_task(self._flush_for_ever())
            tasks.create_task(self._watch_for_ever())

    async def request(
        self, method: str, path: str, headers: dict[str, str], body: bytes, connection: int
    ) -> Ticket:
        """Take a request and return its ticket with the answer; delays are not performed."""
        began_ns = stamp_ns()
        behind = self._armed or path.startswith("/oauth2/")
        ms = await self._catch_up() if behind else self.now_ms()
        text, raw = split_body(body)
        self._sequence += 1
        record = Record(
            ms=ms, seq=self._sequence, conn=connection, kind="bytes", door="rest",
            method=method, path=path, headers=headers, text=text, raw=raw,
        )  # fmt: skip
        self.simulation.accept(record)
        ticket = self.simulation.admit(record)
        if self.simulation.requests.accepted:
            self._begin()
        await self._answer(ticket)
        took_us = (stamp_ns() - began_ns) // 1_000
        self.simulation.parts.metrics.took(took_us)
        self._timing.answered(record.seq, took_us)
        return ticket

    async def arrive(self, connection: int) -> Plan:
        """Take a new connection at the REST door; return what goes wrong with it."""
        ms = await self._catch_up() if self._armed else self.now_ms()
        self._sequence += 1
        record = Record(ms=ms, seq=self._sequence, conn=connection, kind="open", door="rest")
        self.simulation.accept(record)
        return self.simulation.arrive(record)

    async def connect(self, path: str, headers: dict[str, str]) -> tuple[int, Plan]:
        """Take a WebSocket handshake; return the connection's ordinal and what goes wrong."""
        self._sockets_opened += 1
        future: asyncio.Future[Plan] = asyncio.get_running_loop().create_future()
        record = self._socket_record("open", self._sockets_opened, path=path, headers=headers)
        self._take(record, future)
        self.simulation.parts.metrics.connections_total += 1
        if path == RALPH_PATH:  # nobody logs in there
            self._begin()
        try:
            return record.conn, await future
        except asyncio.CancelledError:  # the peer gave up before its handshake was taken
            self.disconnected(record.conn, 0)
            raise

    def message(self, connection: int, message: str | bytes) -> None:
        """Take a WebSocket message."""
        self._answers.received(connection, message)
        if isinstance(message, str):
            self._take(self._socket_record("bytes", connection, text=message))
        else:
            self._take(self._socket_record("bytes", connection, raw=message))

    def disconnected(self, connection: int, code: int) -> None:
        """Take the news that a WebSocket peer is gone."""
        self._answers.gone(connection)
        if not self._stopping:
            self._take(self._socket_record("close", connection, code=code))

    async def advance(self, by_ms: int) -> None:
        """Let so much wire time pass at once; the market goes along, a stepped one too.

        Returns when every frame that is due in it was handed out. Wire time that has not begun
        yet (`hold`) begins.

        Raises:
            RuntimeError: The run has ended.
        """
        assert by_ms >= 0
        async with self._advancing:
            self._begin()
            self._pacer.pause()
            self._step_ms = SLICE_STEP_MS
            try:
                await self._jump(by_ms)
            finally:
                self._step_ms = STEP_MS
                self._pacer.resume()

    async def reset(self, *, tokens: bool = False) -> None:
        """Forget what was counted: requests, occasions of rules, calls within limits.

        Args:
            tokens: Forget every token too, so that clients have to ask for new ones.

        Raises:
            RuntimeError: The run has ended.
        """
        ms = await self._catch_up()
        self._must_be_running()
        self._control(ms, "reset tokens" if tokens else "reset")

    async def delay(self, by_ms: int) -> None:
        """Wait for so much wire time, which may be made to pass at once."""
        if self._holding:
            await asyncio.sleep(by_ms / 1_000)
            return
        end_ms = self._pacer.now_ms() + by_ms
        while (left_ms := end_ms - self._pacer.now_ms()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._jumped.wait(), left_ms / 1_000)

    async def stop(self, name: str) -> None:
        """End the run: answer what is open, say goodbye to all peers, write everything."""
        if self._stopping:
            return
        ms = await self._catch_up()
        self._stopping = True
        self._ended.set()
        self._sequence += 1
        record = Record(ms=ms, seq=self._sequence, kind="signal", text=name)
        self.simulation.accept(record)
        self.simulation.apply(record)
        self.deliver(self.simulation.take_frames())
        await asyncio.to_thread(self._flush)
        self._builds.shut_down()

    def _begin(self) -> None:
        """Let wire time begin if it was waiting for somebody."""
        if self._holding:
            self._holding = False
            self._pacer.restart()

    async def _jump(self, by_ms: int) -> None:
        """Make wire time pass, slice by slice."""
        ms = await self._catch_up()
        self._must_be_running()
        end_ms = ms + by_ms
        if by_ms:
            self._control(ms, f"advance {by_ms}")
        while ms < end_ms:
            ms = self._pacer.skip(min(self._slice_ms, end_ms - ms))
            self._jumped.set()
            self._jumped = asyncio.Event()
            await self._catch_up()
            await self._answers.wait(ANSWER_S)
            self._must_be_running()

    def _control(self, ms: int, text: str) -> None:
        """Do what a control asks for, right after a `_catch_up` to that time."""
        self._sequence += 1
        # Nothing waits before it and its time is reached, so it is applied here and now.
        self._take(Record(ms=ms, seq=self._sequence, kind="control", text=text))

    def _must_be_running(self) -> None:
        if self._stopping:
            raise RuntimeError("the run has ended")

    async def _answer(self, ticket: Ticket) -> None:
        """Answer on the spot what is likely to be generated, anything else in the worker."""
        requests, parts = self.simulation.requests, self.simulation.parts
        if not requests.is_open(ticket):
            return
        subject = ticket.subject
        try:
            if subject in self._generated:
                with contextlib.suppress(NotReady):
                    requests.answer(ticket)
                    return
            parts.metrics.waits += 1
            reply = await self._builds.run(
                lambda: parts.store.run_inline(lambda: requests.ask(ticket))
            )
            requests.finish(ticket, reply)
            self._generated.add(subject)
        except Exception:
            log.exception("request failed, seq=%s", ticket.record.seq)
            requests.fail(ticket)

    def _socket_record(self, kind: Kind, connection: int, **fields: Any) -> Record:
        self._sequence += 1
        return Record(
            ms=self.now_ms(), seq=self._sequence, conn=connection, kind=kind, door="ws", **fields
        )

    def _take(self, record: Record, future: asyncio.Future[Plan] | None = None) -> None:
        self.simulation.accept(record)
        self._inbox.append((record, future))
        self._turn(record.ms)

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
                plan = self.simulation.apply(record)
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
            self._hand_out()

    def _end_phases(self, ms: int) -> None:
        """End phases whose `until` holds; the record of it is what a replay goes by."""
        while phase := self.simulation.reached(ms):
            self._sequence += 1
            record = Record(ms=ms, seq=self._sequence, kind="control", text=f"until {phase}")
            self.simulation.accept(record)
            self.simulation.apply(record)

    def _hand_out(self) -> None:
        """Give everything that has to be sent to the door."""
        frames = self.simulation.take_frames()
        if frames:
            if self._advancing.locked():
                self._answers.sent(frames)
            self.deliver(frames)

    def _pump_to(self, ms: int, end_ns: int) -> bool:
        """Pump in steps until a wire time or until the turn is over; say whether it got there."""
        while True:
            step_ms = min(ms, self.simulation.pumped_ms + self._step_ms)
            self.simulation.pump(step_ms)
            if step_ms == ms:
                return True
            if stamp_ns() > end_ns:
                return False

    async def _catch_up(self) -> int:
        """Bring the WebSocket side up to now and return that wire time."""
        while True:
            ms = self.now_ms()
            reached = self._turn(ms)
            if reached is True:
                return ms
            await self._go_on(reached)

    async def _go_on(self, reached: Progress) -> None:
        """Let others run, or generate what is missing, before the next turn."""
        if isinstance(reached, NotReady):
            await self._builds.build(reached)
        else:
            await asyncio.sleep(0)

    def _build_ahead(self, ms: int) -> None:
        """Let an idle worker generate what the next frames will need."""
        if not self._builds:
            missing = self.simulation.parts.ticker.ahead(ms)
            if missing is not None:
                _ = self._builds.start(missing)

    async def _pump_for_ever(self) -> None:
        metrics = self.simulation.parts.metrics
        while not self._stopping:
            reached = self._turn(self.now_ms())
            if reached is not True:
                await self._go_on(reached)
                continue
            self._build_ahead(self.now_ms())
            await asyncio.sleep(PUMP_S if metrics.connections else IDLE_PUMP_S)

    async def _watch_for_ever(self) -> None:
        """Measure how late the event loop is at most."""
        metrics = self.simulation.parts.metrics
        while not self._stopping:
            began_ns = stamp_ns()
            await asyncio.sleep(WATCH_S)
            late_ms = (stamp_ns() - began_ns) // 1_000_000 - int(WATCH_S * 1_000)
            metrics.lag_ms = max(metrics.lag_ms, late_ms)

    async def _flush_for_ever(self) -> None:
        while not self._stopping:
            await asyncio.to_thread(self._flush)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), FLUSH_S)

    def _flush(self) -> None:
        self.simulation.flush()
        self._timing.flush()
