"""Run a whole simulation without a socket: records in, answers and frames out.

A run is a function of its scenario, the wall time at which it began and its records. A live run
puts a recorder in front, a replay a reader; nothing else differs.

REST is split so that a slow answer never breaks the order: `admit` changes state and runs in
order of arrival, `answer` is a pure question of the world as it was then and may be repeated
after `NotReady`, `finish` writes down what became of it.

Not for: waiting. Whoever opens the doors performs the delays of a plan.
"""

from pathlib import Path

from msgspec import Struct

from kiwoom_sim.faults.effects import NO_FAULT, Plan, Refuse, Reply
from kiwoom_sim.observe.journal import EventEntry, RestEntry, Slot
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.gateway import Admission
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.runtime.assembly import Parts, assemble
from kiwoom_sim.runtime.facts import request_facts
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import wire_in


class Ticket(Struct, kw_only=True):
    """Hold one request between its arrival and its answer.

    Attributes:
        reply: The answer, once it is known.
    """

    record: Record
    request: ApiRequest
    plan: Plan
    slot: Slot
    admission: Admission | None = None
    reply: ApiReply | None = None

    @property
    def lost(self) -> bool:
        """Say whether the client gets no answer: the connection is closed instead."""
        return self.plan.close is not None


class Simulation:
    """Hold one run.

    Attributes:
        scenario: What is run.
        parts: The rooms of the house, wired together.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        epoch_ms: int,
        directory: Path | None = None,
        run: str = "",
    ) -> None:
        self.scenario = scenario
        self.parts: Parts = assemble(scenario, epoch_ms=epoch_ms, directory=directory, run=run)
        self._rest_armed = self.parts.faults.watches("rest")
        self._reads_body = self.parts.faults.needs_body()
        self._phases = list(self.parts.faults.phases.changes())
        self._open: dict[int, Ticket] = {}
        self._pumped_ms = 0
        self._accepted = False
        self._ended = False

    @property
    def is_live(self) -> bool:
        """Say whether a client was accepted: a token was issued or a LOGIN succeeded."""
        return self._accepted

    def accept(self, record: Record) -> None:
        """Write a record into the trace; call once for each, in order."""
        self.parts.trace.append(self.parts.masks.hide(record))

    def feed(self, record: Record) -> ApiReply | None:
        """Take a record and do everything about it at once; return the answer to a request."""
        self.accept(record)
        if record.door == "rest":
            ticket = self.admit(record)
            self.answer(ticket)
            return None if ticket.lost else ticket.reply
        self.pump(record.ms)
        self.apply(record)
        return None

    # -- REST ------------------------------------------------------------------------------

    def admit(self, record: Record) -> Ticket:
        """Take a request in order of arrival and decide what happens to it."""
        self.advance(record.ms)
        request = ApiRequest(
            method=record.method,
            path=record.path,
            headers=record.headers,
            body=record.body,
            connection=record.conn,
            received_ms=record.ms,
            sequence=record.seq,
        )
        plan = self._weather(request) if self._rest_armed else NO_FAULT
        slot = self.parts.journal.reserve()
        ticket = Ticket(record=record, request=request, plan=plan, slot=slot)
        match plan.instead:
            case Reply() as reply:
                ticket.reply = ApiReply(
                    status=reply.status,
                    headers=reply.headers,
                    body=reply.body,
                    content_type=reply.content_type,
                )
            case Refuse() as refuse:
                refused = Refused(refuse.code, refuse.parameters, refuse.status)
                ticket.reply = self.parts.gateway.refuse(request, refused)
            case None:
                if plan.close is None or plan.close.after:
                    self._ask_gateway(ticket)
        self._open[record.seq] = ticket
        if ticket.admission is None or ticket.reply is not None:
            self._finish(ticket)
        return ticket

    def answer(self, ticket: Ticket) -> ApiReply | None:
        """Return the answer to a request; None if it was lost before anybody made one.

        Raises:
            NotReady: The market has to be generated first; then ask again.
        """
        if self.is_open(ticket):
            self.finish(ticket, self.ask(ticket))
        return ticket.reply

    def is_open(self, ticket: Ticket) -> bool:
        """Say whether a request still waits for its answer."""
        return ticket.record.seq in self._open

    def ask(self, ticket: Ticket) -> ApiReply:
        """Return the world's answer to an open request; changes nothing, in whatever thread.

        Raises:
            NotReady: The market has to be generated first; then ask again.
        """
        assert ticket.admission is not None
        views = self.parts.world.views(ticket.record.ms)
        return self.parts.gateway.answer(ticket.admission, views)

    def finish(self, ticket: Ticket, reply: ApiReply) -> None:
        """Take the answer to an open request and write down what became of it."""
        if self.is_open(ticket):
            ticket.reply = reply
            self._finish(ticket)

    def fail(self, ticket: Ticket) -> ApiReply:
        """Answer a request that an error of ours cut short, as the broker does (1999)."""
        self.finish(ticket, self.parts.gateway.refuse(ticket.request, Refused("1999")))
        assert ticket.reply is not None
        return ticket.reply

    def settle(self) -> None:
        """Answer every request that is still open, generating what it needs on the spot."""
        for ticket in list(self._open.values()):
            self.parts.store.run_inline(lambda ticket=ticket: self.answer(ticket))  # type: ignore[misc] # bound at once

    def _ask_gateway(self, ticket: Ticket) -> None:
        admission = self.parts.gateway.admit(ticket.request, ticket.record.ms)
        ticket.admission = admission
        if admission.reply is not None:
            ticket.reply = admission.reply
            self.parts.masks.learn(ticket.record, admission.reply.body)
            if not admission.reply.refusal:
                self._accepted = True

    def _weather(self, request: ApiRequest) -> Plan:
        key = self.parts.gateway.client_of(request, request.received_ms)
        facts = request_facts(request, key, with_body=self._reads_body)
        plan = self.parts.faults.decide(facts)
        for injection in plan.injections:
            self.parts.metrics.faults[injection.rule, injection.kind] += 1
        return plan

    def _finish(self, ticket: Ticket) -> None:
        """Write down what became of a request."""
        self._open.pop(ticket.record.seq, None)
        reply, plan = ticket.reply, ticket.plan
        status = 0 if ticket.lost or reply is None else reply.status
        refusal = reply.refusal if reply is not None else ""
        cause = "world"
        if plan.instead is not None or ticket.lost:
            cause = "fault"
        elif refusal:
            cause = "gateway"
        api = ticket.admission.api_id if ticket.admission is not None else ticket.request.api_id
        ticket.slot.entry = RestEntry(
            ms=ticket.record.ms,
            seq=ticket.record.seq,
            conn=ticket.record.conn,
            cause=cause,
            api=api,
            path=ticket.record.path,
            status=status,
            refusal=refusal,
            faults=tuple(injection.fault_id for injection in plan.injections),
            body=reply.body if reply is not None else b"",
        )
        self.parts.metrics.answered(api, status, refusal)

    # -- WebSocket and time ----------------------------------------------------------------

    def advance(self, until_ms: int) -> None:
        """Let the script come due: phases and scripted commands."""
        while self._phases and self._phases[0][0] <= until_ms:
            ms, phase = self._phases.pop(0)
            self.parts.gateway.configure(wire_in(self.scenario, phase))
            if phase is None:
                self._note(ms, 0, "phases_ended")
            else:
                self._note(ms, 0, "phase_began", id=phase.id)
        for due, refused in self.parts.world.advance(until_ms):
            name = type(due.command).__name__
            event = "command_refused" if refused else "command_applied"
            self._note(due.wire_ms, 0, event, id=due.name, command=name, reason=refused)

    def pump(self, until_ms: int) -> None:
        """Make every frame that is due up to a wire time.

        Raises:
            NotReady: The market has to be generated first; then pump again.
        """
        self.advance(until_ms)
        self.parts.sockets.pump(until_ms)
        self._pumped_ms = max(until_ms, self._pumped_ms)

    def apply(self, record: Record) -> Plan:
        """Take a record of the WebSocket door or the host, once `pump` reached its time."""
        if record.door == "ws" and record.kind == "open":
            self._note(record.ms, record.seq, "connection_opened", record.conn, path=record.path)
            return self.parts.sockets.open(record)
        if record.door == "ws" and record.kind == "close":
            self._note(record.ms, record.seq, "connection_closed", record.conn, code=record.code)
            self.parts.sockets.close(record)
        elif record.door == "ws":
            self.parts.metrics.messages += 1
            self.parts.sockets.receive(record)
        elif record.kind == "signal":
            self._note(record.ms, record.seq, "signal", name=record.text)
            self.settle()
            self._ended = True
            self.parts.sockets.end_all(record.ms)
        return NO_FAULT

    def take_frames(self) -> list[Outgoing]:
        """Return what has to be sent, in order, and forget it."""
        return self.parts.sockets.take()

    def digests(self) -> dict[str, dict[str, str | int]]:
        """Return what a replay has to reproduce, as far as it was flushed."""
        return self.parts.journal.digests()

    def flush(self) -> None:
        """Write trace and journal; may run in another thread than the simulation."""
        self.parts.trace.flush()
        self.parts.journal.flush(None if self._ended else self._pumped_ms)

    def _note(self, ms: int, seq: int, event: str, conn: int = 0, **detail: str | int) -> None:
        shown = {name: value for name, value in detail.items() if value != ""}
        self.parts.journal.event(EventEntry(ms=ms, seq=seq, event=event, conn=conn, detail=shown))
