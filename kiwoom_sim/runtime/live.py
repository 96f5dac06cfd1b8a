"""Run a simulation live: what the doors ask, from the first connection to the end.

Everything that comes in becomes a record at once. A request is admitted on the spot. A record of
the WebSocket door takes its turn (`turns.py`), after the frames before it.

Invariants: records are stamped and recorded in order; REST calls that a WebSocket session can see
(tokens) and, where frame faults are armed, all REST calls wait until the inbox is empty, so that
a replay, which never waits, makes the same bytes.
"""

import asyncio
import contextlib
import logging

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.records import Door, split_body
from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.protocol.brokerage import concerns_accounts
from kiwoom_sim.protocol.ralph.session import PATH as RALPH_PATH
from kiwoom_sim.runtime.leaps import Leaps
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer, stamp_ns
from kiwoom_sim.runtime.service import Disruption, asked_by
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.runtime.ticket import Ticket
from kiwoom_sim.runtime.turns import Deliver, Disrupt, Turns
from kiwoom_sim.runtime.wire_time import WireTime

FLUSH_S = 0.1
WATCH_S = 0.01

log = logging.getLogger(__name__)


class Live:
    """Drive one simulation from an event loop.

    Attributes:
        simulation: What is driven.
        deliver: Called with every batch of frames, in order.
        disrupt: Called with every stop and restart of the service, after the frames before it.
    """

    def __init__(self, simulation: Simulation, pacer: Pacer, timing: TimingLog) -> None:
        self.simulation = simulation
        self.deliver: Deliver = lambda _: None
        self.disrupt: Disrupt = lambda _: None
        self._timing = timing
        self._armed = simulation.is_armed
        self._sockets_opened = 0
        self._generated: set[tuple[str, str]] = set()
        self._stopping = False
        self._ended = asyncio.Event()
        self._time = WireTime(pacer, holds=simulation.scenario.clock.hold == "first-request")
        self._turns = Turns(simulation, self._time.now_ms, self._hand_over, self._hand_on)
        self._leaps = Leaps(self._time, self._turns, simulation.ping_interval_ms)
        simulation.parts.store.cooperative = True

    def now_ms(self) -> int:
        """Return the wire time; it stands still until the first client, if so configured."""
        return self._time.now_ms()

    def stands_still(self) -> bool:
        """Say whether the service is stopped now, so that nothing may be answered."""
        ms = self.now_ms()
        return not self._stopping and self.simulation.parts.service.resume_ms(ms) > ms

    async def run(self) -> None:
        """Let wire time begin, pump frames and write files until the run is stopped."""
        self._time.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._turns.run())
            tasks.create_task(self._flush_for_ever())
            tasks.create_task(self._watch_for_ever())

    async def request(
        self, method: str, path: str, headers: dict[str, str], body: bytes, connection: int
    ) -> Ticket:
        """Take a request and return its ticket with the answer; delays are not performed."""
        began_ns = stamp_ns()
        behind = self._armed or path.startswith("/oauth2/") or concerns_accounts(path)
        ms = await self._turns.catch_up() if behind else self.now_ms()
        text, raw = split_body(body)
        record = self._turns.stamp(
            "bytes", ms, conn=connection, door="rest",
            method=method, path=path, headers=headers, text=text, raw=raw,
        )  # fmt: skip
        self.simulation.accept(record)
        ticket = self.simulation.admit(record)
        if asked_by(ticket.plan):
            self._turns.hand_out()
        if self.simulation.requests.accepted:
            self._time.begin()
        await self._answer(ticket)
        took_us = (stamp_ns() - began_ns) // 1_000
        self.simulation.parts.metrics.took(took_us)
        self._timing.answered(record.seq, took_us)
        return ticket

    async def arrive(self, connection: int, door: Door = "rest") -> Plan:
        """Take a new connection at the REST or TLS door; return what goes wrong with it."""
        ms = await self._turns.catch_up() if self._armed else self.now_ms()
        record = self._turns.stamp("open", ms, conn=connection, door=door)
        self.simulation.accept(record)
        plan = self.simulation.arrive(record)
        if asked_by(plan):
            self._turns.hand_out()
        return plan

    async def connect(self, path: str, headers: dict[str, str]) -> tuple[int, Plan]:
        """Take a WebSocket handshake; return the connection's ordinal and what goes wrong.

        Raises:
            asyncio.CancelledError: The peer gave up, or the run has ended: nobody takes it.
        """
        if self._stopping:
            raise asyncio.CancelledError
        self._sockets_opened += 1
        connection = self._sockets_opened
        future: asyncio.Future[Plan] = asyncio.get_running_loop().create_future()
        record = self._turns.stamp("open", conn=connection, door="ws", path=path, headers=headers)
        self._turns.take(record, future)
        self.simulation.parts.metrics.connections_total += 1
        if path == RALPH_PATH:  # nobody logs in there
            self._time.begin()
        try:
            return connection, await future
        except asyncio.CancelledError:  # the peer gave up before its handshake was taken
            self.disconnected(connection, 0)
            raise

    def message(self, connection: int, message: str | bytes) -> None:
        """Take a WebSocket message."""
        self._leaps.answers.received(connection, message)
        said = {"text": message} if isinstance(message, str) else {"raw": message}
        self._turns.take(self._turns.stamp("bytes", conn=connection, door="ws", **said))

    def disconnected(self, connection: int, code: int) -> None:
        """Take the news that a WebSocket peer is gone."""
        self._leaps.answers.gone(connection)
        if not self._stopping:
            self._turns.take(self._turns.stamp("close", conn=connection, door="ws", code=code))

    async def advance(self, by_ms: int) -> None:
        """Let so much wire time pass at once; the market goes along, a stepped one too.

        Returns when every frame that is due in it was handed out. Wire time that has not begun
        yet (`hold`) begins.

        Raises:
            RuntimeError: The run has ended.
        """
        await self._leaps.leap(by_ms, self._must_be_running)

    async def reset(self, *, tokens: bool = False) -> None:
        """Forget what was counted: requests, occasions of rules, calls within limits.

        Args:
            tokens: Forget every token too, so that clients have to ask for new ones.

        Raises:
            RuntimeError: The run has ended.
        """
        ms = await self._turns.catch_up()
        self._must_be_running()
        what = "reset tokens" if tokens else "reset"
        # Nothing waits before it and its time is reached, so it is applied here and now.
        self._turns.take(self._turns.stamp("control", ms, text=what))

    async def delay(self, by_ms: int) -> None:
        """Wait for so much wire time, which may be made to pass at once, and while all is still."""
        await self._time.delay(by_ms)
        service = self.simulation.parts.service
        while self.stands_still():
            ms = self.now_ms()
            await self._time.delay(service.resume_ms(ms) - ms)

    async def stop(self, name: str) -> None:
        """End the run: answer what is open, say goodbye to all peers, write everything."""
        if self._stopping:
            return
        ms = await self._turns.catch_up()
        self._stopping = self._turns.has_ended = True
        self._ended.set()
        record = self._turns.stamp("signal", ms, text=name)
        self.simulation.accept(record)
        self.simulation.apply(record)
        self.deliver(self.simulation.take_frames())
        self._turns.abandon()
        await asyncio.to_thread(self._flush)
        self._turns.builds.shut_down()

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
            reply = await self._turns.builds.run(
                lambda: parts.store.run_inline(lambda: requests.ask(ticket))
            )
            requests.finish(ticket, reply)
            self._generated.add(subject)
        except Exception:
            log.exception("request failed, seq=%s", ticket.record.seq)
            requests.fail(ticket)

    def _hand_over(self, frames: list[Outgoing]) -> None:
        self._leaps.sent(frames)
        self.deliver(frames)

    def _hand_on(self, disruption: Disruption) -> None:
        self.disrupt(disruption)

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
