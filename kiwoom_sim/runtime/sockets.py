"""Run the WebSocket half of a simulation: sessions, ticks and frame faults on one line of time.

`pump` brings everything up to a wire time; a record (open, message, close) is applied only after
that, so frames that were due leave before the answer to a later message. Whatever has to be sent
collects in order until `take` fetches it.

Invariants: pumping in parts gives the same frames in the same order as pumping at once; a pump
that raises `NotReady` changed nothing; nothing is sent to a connection after its close.
"""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct, structs

from kiwoom_sim.engine.commands import RestartService
from kiwoom_sim.faults.base_latency import BaseLatency
from kiwoom_sim.faults.effects import NO_FAULT, Drop, Extra, Mute, Plan, Refuse
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.transmission import Transmit
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.session import Output, Send
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.runtime.delivery import Delivery, closing, ended
from kiwoom_sim.runtime.facts import handshake_facts, message_facts, name_of
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.service import Disruption, Service

Ticks = Callable[[int], list[Outgoing]]
"""Frames of the market that are due up to a wire time, in order; asked once per stretch."""

RESET = Transmit(end="reset")
"""How a restart ends a connection."""


class _Answer(Struct):
    return_code: int = 0
    type: str = ""


class _Cause(Struct, frozen=True, kw_only=True):
    """Say why something is sent.

    Attributes:
        ms: Wire time of the cause.
        name: "ping", "reply" or "fault".
        faults: Ids of the faults that had a hand in it.
        record: Sequence of the record behind it; 0 = there is none.
        late_ms: How long it has to wait.
    """

    ms: int
    name: str
    faults: tuple[str, ...] = ()
    record: int = 0
    late_ms: int = 0


class Sockets:
    """Hold what the WebSocket door remembers beside its sockets.

    Args:
        board: The sessions.
        ticks: Gives the market's frames.
        wires: From which wire time which wire settings hold, in order.
        faults: What goes wrong.
        service: When all of it stands still or goes away.
        delivery: Carries what is said.
    """

    def __init__(
        self,
        board: Switchboard,
        ticks: Ticks,
        *,
        wires: Sequence[tuple[int, WireConfig]],
        faults: FaultEngine,
        service: Service,
        delivery: Delivery,
    ) -> None:
        self._board = board
        self._wires = list(wires)
        self._ticks = ticks
        self._faults = faults
        self._service = service
        self._delivery = delivery

    def use(self, latency: BaseLatency) -> None:
        """Let everyday waits come before frames."""
        self._delivery.use(latency)

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
            plan = self._delivery.judge(handshake_facts(record), record.seq)
        if plan.instead is None and not plan.ends:
            self._delivery.paths[record.conn] = record.path
            for output in self._board.open(record.conn, record.ms, record.path):
                self._perform(output, _Cause(ms=record.ms, name="reply", record=record.seq))
        self._bring_up_to(record.ms)
        return plan

    def receive(self, record: Record) -> None:
        """Take a message."""
        if self._board.session(record.conn) is None:
            return
        facts = self._facts(record)
        plan = self._delivery.judge(facts, record.seq) if facts is not None else NO_FAULT
        extras = plan.each(Extra)
        for extra in extras:
            if extra.before:
                self._say(record, extra.frame, plan)
        self._answer(record, facts, plan)
        for extra in extras:
            if not extra.before and plan.cut is None:
                self._say(record, extra.frame, plan)
        close = plan.close
        if close is not None:
            goodbye = closing(record.conn, record.ms, close.code, close.reason, plan.fault_ids)
            self._delivery.emit(structs.replace(goodbye, record=record.seq))
        for ending in plan.endings:
            goodbye = ended(record.conn, record.ms, ending, plan.fault_ids)
            self._delivery.emit(structs.replace(goodbye, record=record.seq), plan.delay_ms)
        self._bring_up_to(record.ms)

    def close(self, record: Record) -> None:
        """Take the news that a peer is gone."""
        self._delivery.forget(record.conn)

    def dismiss(self, key: int, record: Record, code: str, fault_id: str) -> None:
        """End the sessions of an app key for a fault, with a SYSTEM frame if a code is given.

        Args:
            key: Ordinal of the app key.
            record: The request that met the fault.
            code: Code of the SYSTEM frame, "" for none.
            fault_id: The fault.
        """
        why = _Cause(ms=record.ms, name="fault", faults=(fault_id,), record=record.seq)
        for output in self._board.dismiss(key, code):
            self._perform(output, why)

    def end_all(self, ms: int, code: int = 1001) -> None:
        """Close every connection: the run ends."""
        for connection in self._board.connections():
            self._delivery.leave(closing(connection, ms, code, "", (), cause="end"))

    def reset(self) -> None:
        """Let registrations that a fault killed live again."""
        self._delivery.mutes.clear()

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
            service_ms = self._service.next_ms
            moments = (service_ms, wire_ms, session_ms, held_ms)
            due = [moment for moment in moments if moment is not None]
            if not due or (first := min(due)) > ms:
                return
            if service_ms == first:
                self._disrupt(self._service.take_due())
            elif wire_ms == first:
                self._board.configure(self._wires.pop(0)[1])
            elif session_ms == first:
                for output in self._board.due(first):
                    self._perform(output, _Cause(ms=first, name="ping"))
            else:
                self._delivery.release(first)

    def _disrupt(self, disruption: Disruption) -> None:
        """Do to the sessions what befalls the whole service."""
        if not isinstance(disruption.command, RestartService):
            self._board.postpone(disruption.longer_ms)
            return
        for connection in self._board.connections():
            self._delivery.leave(ended(connection, disruption.ms, RESET, disruption.faults))

    def _answer(self, record: Record, facts: Facts | None, plan: Plan) -> None:
        """Let the session take a message, if it gets to it, and send what it says."""
        refusal, drop = plan.instead, plan.first(Drop)
        if isinstance(refusal, Refuse):
            name = facts.api_id if facts is not None else ""
            frame = self._delivery.refusal(record.conn, refusal, name)
            if plan.cut is None:
                self._say(record, frame, plan)
            else:
                self._break_off(record, frame, plan)
            return
        outputs: list[Output] = []
        if not plan.is_unasked and (drop is None or drop.after):
            outputs = self._board.receive(record.conn, record.raw or record.text, record.ms)
        if facts is not None and _accepted(outputs, facts):
            self._delivery.mutes.follow(facts, plan.first(Mute), plan.fault_ids)
        self._send_answer(record, outputs, plan)

    def _send_answer(self, record: Record, outputs: list[Output], plan: Plan) -> None:
        """Send what a session says to a message, as much of it as is not lost."""
        is_lost, begun = plan.is_lost or plan.first(Drop) is not None, b""
        why = _Cause(ms=record.ms, name="reply", record=record.seq)
        mine = structs.replace(why, faults=plan.fault_ids, late_ms=plan.delay_ms)
        for output in outputs:
            if output.connection != record.conn:
                self._perform(output, why)
            elif isinstance(output, Send) and (is_lost or begun):
                self._delivery.drop(_sending(output, mine))
            elif plan.cut is not None:
                begun = output.frame if isinstance(output, Send) else begun
            elif not plan.is_lost:
                self._perform(output, mine)
        if plan.cut is not None:
            self._break_off(record, begun, plan)

    def _break_off(self, record: Record, frame: bytes, plan: Plan) -> None:
        """End the connection in the middle of an answer, or at once where there is none."""
        assert plan.cut is not None
        item = ended(record.conn, record.ms, plan.cut, plan.fault_ids)
        item = structs.replace(item, frame=frame, record=record.seq, name=name_of(frame))
        self._delivery.emit(item, plan.delay_ms)

    def _say(self, record: Record, frame: bytes, plan: Plan) -> None:
        """Send what a fault adds to an answer, or says instead of one."""
        if frame:
            why = _Cause(ms=record.ms, name="fault", faults=plan.fault_ids, record=record.seq)
            self._delivery.emit(_sending(Send(record.conn, frame), why), plan.delay_ms)

    def _perform(self, output: Output, why: _Cause) -> None:
        if isinstance(output, Send):
            item = _sending(output, why)
        else:
            goodbye = closing(
                output.connection, why.ms, output.code, output.reason, why.faults, cause=why.name
            )
            item = structs.replace(goodbye, record=why.record)
        self._delivery.emit(item, why.late_ms)

    def _emit_tick(self, item: Outgoing) -> None:
        """Let a frame of the market go to those whose session has not ended in this pump."""
        to = tuple(c for c in item.to if self._board.session(c) is not None)
        if to:
            whole = len(to) == len(item.to)
            self._delivery.emit(item if whole else structs.replace(item, to=to))

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
        return structs.replace(facts, key=f"key#{key}") if key else facts


def _sending(output: Send, why: _Cause) -> Outgoing:
    return Outgoing(
        ms=why.ms,
        to=(output.connection,),
        frame=output.frame,
        cause=why.name,
        faults=why.faults,
        record=why.record,
        name=name_of(output.frame),
    )


def _accepted(outputs: list[Output], facts: Facts) -> bool:
    """Say whether a message was taken, so that its registrations hold; on `/ws` errors say no."""
    answers = [
        msgspec.json.decode(output.frame, type=_Answer)
        for output in outputs
        if isinstance(output, Send) and output.connection == facts.connection
    ]
    return bool(answers) and all(a.return_code == 0 and a.type != "error" for a in answers)
