"""Run the WebSocket half of a simulation: sessions, ticks and frame faults on one line of time.

`pump` brings everything up to a wire time; a record (open, message, close) is applied only after
that, so frames that were due leave before the answer to a later message. Whatever has to be sent
collects in order until `take` fetches it.

Invariants: pumping in parts gives the same frames in the same order as pumping at once; a pump
that raises `NotReady` changed nothing; nothing is sent to a connection after its close.
"""

from collections.abc import Callable, Sequence

import msgspec

from kiwoom_sim.faults.effects import NO_FAULT, Plan
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.observe.journal import FrameEntry, Journal
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.session import Output, Send
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.runtime.facts import handshake_facts, message_facts
from kiwoom_sim.runtime.outbox import Outbox, Outgoing

Ticks = Callable[[int], list[Outgoing]]
"""Frames of the market that are due up to a wire time, in order; asked once per stretch."""


class Sockets:
    """Hold what the WebSocket door remembers beside its sockets.

    Args:
        board: The sessions.
        ticks: Gives the market's frames.
        wires: From which wire time which wire settings hold, in order.
    """

    def __init__(
        self,
        board: Switchboard,
        ticks: Ticks,
        *,
        wires: Sequence[tuple[int, WireConfig]],
        faults: FaultEngine,
        journal: Journal,
        metrics: Metrics,
    ) -> None:
        self._board = board
        self._wires = list(wires)
        self._ticks = ticks
        self._faults = faults
        self._armed = faults.watches("ws")
        self._journal = journal
        self._metrics = metrics
        self._outbox = Outbox()
        self._ready: list[Outgoing] = []
        self._paths: dict[int, str] = {}
        self._sequence = 0

    def pump(self, until_ms: int) -> None:
        """Do everything that is due up to a wire time.

        Raises:
            NotReady: Something must be generated first; then pump again.
        """
        for item in self._ticks(until_ms):
            self._bring_up_to(item.ms)
            self._emit(item)
        self._bring_up_to(until_ms)

    def open(self, record: Record) -> Plan:
        """Take a handshake; the plan says what goes wrong with it."""
        plan = self._judge(handshake_facts(record)) if self._armed else NO_FAULT
        if plan.instead is None and plan.close is None:
            self._paths[record.conn] = record.path
            for output in self._board.open(record.conn, record.ms, record.path):
                self._perform(output, record.ms, "reply", ())
        return plan

    def receive(self, record: Record) -> None:
        """Take a message."""
        if self._board.session(record.conn) is None:
            return
        plan = self._decide("message", record.conn, record.ms, record.body)
        close, faults = plan.close, tuple(i.fault_id for i in plan.injections)
        outputs: list[Output] = []
        if close is None or close.after:
            outputs = self._board.receive(record.conn, record.raw or record.text, record.ms)
        for output in outputs:
            mine = output.connection == record.conn
            if mine and close is not None:
                continue
            due_ms = record.ms + (plan.delay_ms if mine else 0)
            self._perform(output, due_ms, "reply", faults if mine else ())
        if close is not None:
            self._emit(_closing(record.conn, record.ms, close.code, close.reason, faults))

    def close(self, record: Record) -> None:
        """Take the news that a peer is gone."""
        self._forget(record.conn)

    def end_all(self, ms: int, code: int = 1001) -> None:
        """Close every connection: the run ends."""
        for connection in self._board.connections():
            self._leave(_closing(connection, ms, code, "", (), cause="end"))

    def take(self) -> list[Outgoing]:
        """Return what has to be sent, in order, and forget it."""
        ready, self._ready = self._ready, []
        return ready

    def _bring_up_to(self, ms: int) -> None:
        """Let sessions and held frames come due, in order of time."""
        while True:
            wire_ms = self._wires[0][0] if self._wires else None
            session_ms, held_ms = self._board.next_due_ms, self._outbox.next_ms
            due = [moment for moment in (wire_ms, session_ms, held_ms) if moment is not None]
            if not due or (first := min(due)) > ms:
                return
            if wire_ms == first:
                self._board.configure(self._wires.pop(0)[1])
            elif session_ms == first:
                for output in self._board.due(first):
                    self._perform(output, first, "ping", ())
            else:
                for item in self._outbox.release(first):
                    self._leave(item)

    def _perform(self, output: Output, ms: int, cause: str, faults: tuple[str, ...]) -> None:
        connection = output.connection
        if isinstance(output, Send):
            self._emit(
                Outgoing(ms=ms, to=(connection,), frame=output.frame, cause=cause, faults=faults)
            )
        else:
            self._emit(_closing(connection, ms, output.code, output.reason, faults, cause=cause))

    def _emit(self, item: Outgoing) -> None:
        """Let a frame go, connection by connection where a fault may meet it."""
        if item.cause == "tick":
            # A session may have ended since the frame was made, in the same pump.
            to = tuple(c for c in item.to if self._board.session(c) is not None)
            if not to:
                return
            if len(to) != len(item.to):
                item = msgspec.structs.replace(item, to=to)
        if not self._armed:
            self._leave(item)
            return
        shared = []
        for connection in item.to:
            plan = NO_FAULT
            if item.close < 0:
                plan = self._decide("frame", connection, item.ms, item.frame)
            due_ms = self._outbox.free_ms(connection, item.ms + plan.delay_ms)
            if plan is NO_FAULT and due_ms == item.ms:
                shared.append(connection)
            else:
                self._emit_alone(item, connection, plan, due_ms)
        if shared:
            self._leave(msgspec.structs.replace(item, to=tuple(shared)))

    def _emit_alone(self, item: Outgoing, connection: int, plan: Plan, due_ms: int) -> None:
        faults = (*item.faults, *(i.fault_id for i in plan.injections))
        items = [
            msgspec.structs.replace(item, ms=due_ms, to=(connection,), faults=faults),
        ]
        if plan.close is not None:
            closing = _closing(connection, due_ms, plan.close.code, plan.close.reason, faults)
            items = [*items, closing] if plan.close.after else [closing]
        for single in items:
            if due_ms > item.ms:
                self._outbox.hold(single)
            else:
                self._leave(single)

    def _leave(self, item: Outgoing) -> None:
        """Hand an item to the door and write it down."""
        self._sequence += 1
        self._ready.append(item)
        self._journal.frame(
            FrameEntry(
                ms=item.ms,
                seq=self._sequence,
                cause=item.cause,
                to=item.to,
                faults=item.faults,
                close=item.close,
                body=item.frame,
            )
        )
        self._metrics.frames += len(item.to)
        self._metrics.frame_bytes += len(item.frame) * len(item.to)
        if item.close >= 0:
            for connection in item.to:
                self._forget(connection)

    def _forget(self, connection: int) -> None:
        self._board.close(connection)
        self._outbox.drop(connection)
        self._paths.pop(connection, None)

    def _decide(self, moment: Moment, connection: int, ms: int, text: bytes) -> Plan:
        if not self._armed:
            return NO_FAULT
        session = self._board.session(connection)
        return self._judge(
            message_facts(
                moment,
                text,
                wire_ms=ms,
                connection=connection,
                key=f"key#{session.key}" if session is not None and session.key else "",
                path=self._paths.get(connection, ""),
            )
        )

    def _judge(self, facts: Facts) -> Plan:
        plan = self._faults.decide(facts)
        for injection in plan.injections:
            self._metrics.faults[injection.rule, injection.kind] += 1
        return plan


def _closing(
    connection: int, ms: int, code: int, reason: str, faults: tuple[str, ...], cause: str = "fault"
) -> Outgoing:
    return Outgoing(ms=ms, to=(connection,), close=code, reason=reason, cause=cause, faults=faults)
