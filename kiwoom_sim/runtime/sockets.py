"""Run the WebSocket half of a simulation: sessions, ticks and frame faults on one line of time.

`pump` brings everything up to a wire time; a record (open, message, close) is applied only after
that, so frames that were due leave before the answer to a later message. Whatever has to be sent
collects in order until `take` fetches it.

Invariants: pumping in parts gives the same frames in the same order as pumping at once; a pump
that raises `NotReady` changed nothing; nothing is sent to a connection after its close.
"""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from kiwoom_sim.faults.effects import NO_FAULT, Drop, Extra, Mute, Plan, Refuse
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.observe.journal import Journal
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.session import Output, Send
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.runtime.delivery import Delivery, closing
from kiwoom_sim.runtime.facts import handshake_facts, message_facts
from kiwoom_sim.runtime.outbox import Outgoing

Ticks = Callable[[int], list[Outgoing]]
"""Frames of the market that are due up to a wire time, in order; asked once per stretch."""


class _Answer(Struct):
    return_code: int = 0
    type: str = ""


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
        self._delivery = Delivery(board, faults=faults, journal=journal, metrics=metrics)

    def pump(self, until_ms: int) -> None:
        """Do everything that is due up to a wire time.

        Raises:
            NotReady: Something must be generated first; then pump again.
        """
        for item in self._ticks(until_ms):
            self._bring_up_to(item.ms)
            self._emit_tick(item)
        self._bring_up_to(until_ms)

    def open(self, record: Record) -> Plan:
        """Take a handshake; the plan says what goes wrong with it."""
        plan = NO_FAULT
        if self._faults.in_force("ws", "connect", record.ms):
            plan = self._delivery.judge(handshake_facts(record))
        if plan.instead is None and plan.close is None:
            self._delivery.paths[record.conn] = record.path
            for output in self._board.open(record.conn, record.ms, record.path):
                self._perform(output, record.ms, "reply")
        return plan

    def receive(self, record: Record) -> None:
        """Take a message."""
        if self._board.session(record.conn) is None:
            return
        facts = self._facts(record)
        plan = self._delivery.judge(facts) if facts is not None else NO_FAULT
        extras = plan.each(Extra)
        for extra in extras:
            if extra.before:
                self._say(record, extra.frame, plan)
        self._answer(record, facts, plan)
        for extra in extras:
            if not extra.before:
                self._say(record, extra.frame, plan)
        close = plan.close
        if close is not None:
            goodbye = closing(record.conn, record.ms, close.code, close.reason, plan.fault_ids)
            self._delivery.emit(goodbye)

    def close(self, record: Record) -> None:
        """Take the news that a peer is gone."""
        self._delivery.forget(record.conn)

    def dismiss(self, key: int, ms: int, code: str, fault_id: str) -> None:
        """End the sessions of an app key for a fault, with a SYSTEM frame if a code is given."""
        for output in self._board.dismiss(key, code):
            self._perform(output, ms, "fault", (fault_id,))

    def end_all(self, ms: int, code: int = 1001) -> None:
        """Close every connection: the run ends."""
        for connection in self._board.connections():
            self._delivery.leave(closing(connection, ms, code, "", (), cause="end"))

    def rewire(self, wires: Sequence[tuple[int, WireConfig]]) -> None:
        """Go on with other wire settings at other times than were foreseen."""
        self._wires = list(wires)

    def count(self) -> int:
        """Return how many connections are open."""
        return len(self._board.connections())

    def take(self) -> list[Outgoing]:
        """Return what has to be sent, in order, and forget it."""
        return self._delivery.take()

    def _bring_up_to(self, ms: int) -> None:
        """Let sessions and held frames come due, in order of time."""
        while True:
            wire_ms = self._wires[0][0] if self._wires else None
            session_ms, held_ms = self._board.next_due_ms, self._delivery.next_ms
            due = [moment for moment in (wire_ms, session_ms, held_ms) if moment is not None]
            if not due or (first := min(due)) > ms:
                return
            if wire_ms == first:
                self._board.configure(self._wires.pop(0)[1])
            elif session_ms == first:
                for output in self._board.due(first):
                    self._perform(output, first, "ping")
            else:
                self._delivery.release(first)

    def _answer(self, record: Record, facts: Facts | None, plan: Plan) -> None:
        """Let the session take a message, if it gets to it, and send what it says."""
        refusal, drop, close = plan.instead, plan.first(Drop), plan.close
        if isinstance(refusal, Refuse):
            name = facts.api_id if facts is not None else ""
            self._say(record, self._delivery.refusal(record.conn, refusal, name), plan)
            return
        if (drop is not None and not drop.after) or (close is not None and not close.after):
            return
        outputs = self._board.receive(record.conn, record.raw or record.text, record.ms)
        if facts is not None and _accepted(outputs, facts):
            self._delivery.mutes.follow(facts, plan.first(Mute), plan.fault_ids)
        for output in outputs:
            if output.connection != record.conn:
                self._perform(output, record.ms, "reply")
            elif isinstance(output, Send) and (drop is not None or close is not None):
                self._delivery.drop(_sending(output, record.ms, "reply", plan.fault_ids))
            elif close is None:
                self._perform(output, record.ms, "reply", plan.fault_ids, plan.delay_ms)

    def _say(self, record: Record, frame: bytes, plan: Plan) -> None:
        """Send what a fault adds to an answer, or says instead of one."""
        if frame:
            said = _sending(Send(record.conn, frame), record.ms, "fault", plan.fault_ids)
            self._delivery.emit(said, plan.delay_ms)

    def _perform(
        self,
        output: Output,
        ms: int,
        cause: str,
        faults: tuple[str, ...] = (),
        late_ms: int = 0,
    ) -> None:
        if isinstance(output, Send):
            item = _sending(output, ms, cause, faults)
        else:
            item = closing(output.connection, ms, output.code, output.reason, faults, cause=cause)
        self._delivery.emit(item, late_ms)

    def _emit_tick(self, item: Outgoing) -> None:
        """Let a frame of the market go to those whose session has not ended in this pump."""
        to = tuple(c for c in item.to if self._board.session(c) is not None)
        if to:
            whole = len(to) == len(item.to)
            self._delivery.emit(item if whole else msgspec.structs.replace(item, to=to))

    def _facts(self, record: Record) -> Facts | None:
        """Return what rules may look at of a message, None if nobody will look."""
        if not self._faults.in_force("ws", "message", record.ms) and not self._delivery.mutes:
            return None
        facts = message_facts(
            "message",
            record.body,
            wire_ms=record.ms,
            connection=record.conn,
            key="",
            path=self._delivery.paths.get(record.conn, ""),
        )
        key = self._board.key_of(record.conn)
        if not key and facts.api_id == "LOGIN":
            key = self._board.key_of_login(facts.body.get("token"), record.ms)
        return msgspec.structs.replace(facts, key=f"key#{key}") if key else facts


def _sending(output: Send, ms: int, cause: str, faults: tuple[str, ...]) -> Outgoing:
    return Outgoing(ms=ms, to=(output.connection,), frame=output.frame, cause=cause, faults=faults)


def _accepted(outputs: list[Output], facts: Facts) -> bool:
    """Say whether a message was taken, so that its registrations hold; on `/ws` errors say no."""
    answers = [
        msgspec.json.decode(output.frame, type=_Answer)
        for output in outputs
        if isinstance(output, Send) and output.connection == facts.connection
    ]
    return bool(answers) and all(a.return_code == 0 and a.type != "error" for a in answers)
