"""Run a whole simulation without a socket: records in, answers and frames out.

A run is a function of its scenario, the wall time at which it began and its records. A live run
puts a recorder in front, a replay a reader; nothing else differs.

Layout: `requests` is the REST half, `sockets` the WebSocket half; the script (phases, scripted
commands) comes due in `advance`. Due things at one millisecond come before records, records in
order of their sequence.
"""

from pathlib import Path

from kiwoom_sim.engine.commands import PauseService, RestartService, RunClock
from kiwoom_sim.faults.effects import NO_FAULT, Plan
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.observe.journal import EventEntry
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.brokerage import concerns_accounts
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.runtime.assembly import Parts, assemble
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.requests import Requests
from kiwoom_sim.runtime.script import schedule_phase
from kiwoom_sim.runtime.service import asked_by
from kiwoom_sim.runtime.sockets import Sockets
from kiwoom_sim.runtime.tally import Tally
from kiwoom_sim.runtime.ticket import Ticket
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import latencies_of, limits_in, tick_rate_in, wire_in


class Simulation:
    """Hold one run.

    Attributes:
        scenario: What is run.
        run: Id of the run, "" if it is kept nowhere.
        parts: The rooms of the house, wired together.
        requests: The REST half.
        pumped_ms: Wire time up to which all frames are made.
        is_armed: Whether what happens at one door may be felt at the other, so that what the REST
            door takes has to wait for the frames before it.
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
        self.run = run
        self.parts: Parts = assemble(scenario, epoch_ms=epoch_ms, directory=directory, run=run)
        self.requests: Requests = self.parts.requests
        self.requests.shows_ids = scenario.wire.sim_id
        self._sockets: Sockets = self.parts.sockets
        self._phases = list(self.parts.faults.phases.changes())
        self._phase: Phase | None = None
        self._tally = Tally(self.parts.metrics, self._sockets.count)
        self.parts.world.condense(tick_rate_in(scenario, None), 0)
        self.pumped_ms = 0
        self._ended = False
        self.is_armed = _ties_doors(scenario, self.parts)

    @property
    def ping_interval_ms(self) -> int:
        """Return the shortest time between two PINGs that the run ever has."""
        phases = (None, *(phase for _, phase in self.parts.faults.phases.changes()))
        return min(wire_in(self.scenario, phase).ping_interval_ms for phase in phases)

    def accept(self, record: Record) -> None:
        """Write a record into the trace; call once for each, in order."""
        self.parts.trace.append(self.parts.masks.hide(record))

    def feed(self, record: Record) -> ApiReply | None:
        """Take a record and do everything about it at once; return the answer to a request."""
        self.accept(record)
        if self.is_armed:
            self.pump(record.ms)  # faults have their numbers in the order of both doors
        if record.door in {"rest", "tls"} and record.kind == "open":
            self.arrive(record)
            return None
        if record.door == "rest":
            ticket = self.admit(record)
            self.requests.answer(ticket)
            return None if ticket.is_lost else ticket.reply
        self.pump(record.ms)
        self.apply(record)
        return None

    def admit(self, record: Record) -> Ticket:
        """Take a request in order of arrival; `requests` has the rest of its life."""
        if concerns_accounts(record.path):
            self.pump(record.ms)  # orders that the market reached before are filled before
        else:
            self.advance(record.ms)
        ticket = self.requests.admit(record)
        if ticket.dismissed:
            self.pump(record.ms)  # what was due before leaves before
            for each in ticket.dismissed:
                self._sockets.dismiss(each.key, record, each.code, each.fault_id)
        self._disrupt(ticket.plan, record)
        return ticket

    def arrive(self, record: Record) -> Plan:
        """Take a new connection at the REST or TLS door; the plan says what goes wrong with it."""
        self.advance(record.ms)
        plan = self.requests.arrive(record)
        if plan.injections:
            faults = " ".join(injection.fault_id for injection in plan.injections)
            self._note(record.ms, record.seq, "connection_faulted", record.conn, faults=faults)
        self._disrupt(plan, record)
        return plan

    def advance(self, until_ms: int) -> None:
        """Let the script come due: phases and scripted commands."""
        self._enter_phases(until_ms)
        for due, refused in self.parts.world.advance(until_ms):
            command = due.command
            name = type(command).__name__
            event = "command_refused" if refused else "command_applied"
            about = getattr(command, "symbol", "") or getattr(command, "board", "")
            self._note(
                due.wire_ms, 0, event, id=due.name, command=name, about=about, reason=refused
            )
            self._tally.happened(due.name)
            if isinstance(command, PauseService | RestartService):
                self.parts.service.schedule(command, due.wire_ms)

    def reached(self, wire_ms: int) -> str:
        """Return the id of the phase in force if its `until` holds now, else "".

        A live run asks and makes a record of it; only the record ends the phase.
        """
        phase = self.parts.faults.phases.at(wire_ms)
        if phase is None or phase.until is None:
            return ""
        return phase.id if phase.until.holds(self._tally.measure(phase.until.measure)) else ""

    def pump(self, until_ms: int) -> None:
        """Make every frame that is due up to a wire time.

        Raises:
            NotReady: The market has to be generated first; then pump again.
        """
        self.advance(until_ms)
        self._sockets.pump(until_ms)
        self.pumped_ms = max(until_ms, self.pumped_ms)

    def apply(self, record: Record) -> Plan:
        """Take a record of the WebSocket door, the host or a control, once `pump` got there.

        Returns:
            What goes wrong with a handshake; nothing for other records.
        """
        if record.kind == "signal":
            self._end(record)
        elif record.kind == "control":
            self._control(record)
        elif record.kind == "open":
            self._note(record.ms, record.seq, "connection_opened", record.conn, path=record.path)
            return self._sockets.open(record)
        elif record.kind == "close":
            self._note(record.ms, record.seq, "connection_closed", record.conn, code=record.code)
            self._sockets.close(record)
        elif record.kind == "bytes":
            self.parts.metrics.messages += 1
            self._sockets.receive(record)
        return NO_FAULT

    def take_frames(self) -> list[Outgoing]:
        """Return what has to be sent, in order, and forget it."""
        return self._sockets.take()

    def digests(self) -> dict[str, dict[str, str | int]]:
        """Return what a replay has to reproduce, as far as it was flushed."""
        return self.parts.journal.digests()

    def flush(self) -> None:
        """Write trace and journal; may run in another thread than the simulation."""
        self.parts.trace.flush()
        self.parts.journal.flush(None if self._ended else self.pumped_ms)

    def _disrupt(self, plan: Plan, record: Record) -> None:
        """Stop or restart the service, as faults of a request or connection ask."""
        asked = asked_by(plan)
        if not asked:
            return
        self.pump(record.ms)  # what was due before leaves before
        for command, fault in asked:
            self.parts.service.ask(command, record.ms, (fault,), record.seq)
        self._sockets.pump(record.ms)

    def _end(self, record: Record) -> None:
        """End the run: answer what is open and say goodbye to every peer."""
        self._note(record.ms, record.seq, "signal", name=record.text)
        self.requests.settle()
        self._ended = True
        self._sockets.end_all(record.ms)

    def _control(self, record: Record) -> None:
        """Do what a control asks for."""
        match record.text.split():
            case ["advance", amount]:
                self._let_pass(int(amount), record)
            case ["until", *_]:
                self._end_phase(record)
            case ["reset", *what]:
                self._reset(record, tokens="tokens" in what)
            case _:
                raise AssertionError(record.text)

    def _let_pass(self, by_ms: int, record: Record) -> None:
        """Let time pass at once.

        Wire time is in the records that follow. The market goes along by itself, unless its
        clock is stepped: then it runs for exactly as long.
        """
        clock = self.scenario.clock
        if clock.mode == "stepped":
            self.parts.world.submit(RunClock(for_ms=by_ms, speed=clock.speed), record.ms)
        self._note(record.ms, record.seq, "advanced", by_ms=by_ms)

    def _reset(self, record: Record, *, tokens: bool) -> None:
        """Forget what was counted so far; time, market and connections go on."""
        self.requests.reset(record.seq)
        self.parts.faults.reset()
        self._sockets.reset()
        self.parts.gateway.reset(tokens=tokens)
        self._note(record.ms, record.seq, "reset", tokens="forgotten" if tokens else "kept")

    def _end_phase(self, record: Record) -> None:
        """End the phase in force: what it lasted until was found to hold."""
        assert self._phase is not None
        assert self._phase.until is not None
        self._note(
            record.ms, record.seq, "until_reached",
            id=self._phase.id, measure=self._phase.until.measure,
        )  # fmt: skip
        self._phases = list(self.parts.faults.phases.end_now(record.ms))
        self._sockets.rewire([(ms, wire_in(self.scenario, phase)) for ms, phase in self._phases])
        self.parts.latency.plan(latencies_of(self.scenario, self._phases))
        self._phase = None
        self._enter_phases(record.ms, record.seq)

    def _enter_phases(self, until_ms: int, seq: int = 0) -> None:
        """Let phases begin, and ramps go on, up to a wire time."""
        while self._phases and self._phases[0][0] <= until_ms:
            ms, phase = self._phases.pop(0)
            limits = limits_in(self.scenario, phase)
            self.parts.world.condense(tick_rate_in(self.scenario, phase), ms)
            self.parts.gateway.configure(wire_in(self.scenario, phase), limits, ms)
            last, self._phase = self._phase, phase
            if last is not None and phase is not None and last.id == phase.id:
                continue  # a step of a ramp
            if last is not None and last.until is not None:
                self._note(ms, seq, "until_timed_out", id=last.id)
            if phase is None:
                self._note(ms, seq, "phases_ended")
            else:
                self._note(ms, seq, "phase_began", id=phase.id)
                timeline = self.parts.world.timeline
                schedule_phase(timeline, self.scenario.events, phase.id, ms)
            self._tally.begin()

    def _note(self, ms: int, seq: int, event: str, conn: int = 0, **detail: str | int) -> None:
        shown = {name: value for name, value in detail.items() if value != ""}
        self.parts.journal.event(EventEntry(ms=ms, seq=seq, event=event, conn=conn, detail=shown))


def _ties_doors(scenario: Scenario, parts: Parts) -> bool:
    """Say whether what happens at one door may be felt at the other."""
    service = PauseService | RestartService
    return (
        parts.faults.watches("ws")
        or parts.faults.reaches_sockets()
        or any(isinstance(event.do.command(), service) for event in scenario.events)
    )
