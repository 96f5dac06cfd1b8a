"""Let frames leave: whole to all who share them, alone where a fault meets one on its way.

While no rule about frames is in force, nothing waits and no registration is dead, a frame goes
out as it came, to all its recipients in one. Otherwise every connection is judged by itself; those
that nothing happens to still share the frame. So it is with everyday waits (`[latency]`), which
each client draws for itself.

Invariants: what one connection is sent does not depend on the faults of another; a frame that a
fault kept from somebody is in the journal, with its fault; nothing leaves after a close.
"""

import msgspec

from kiwoom_sim.faults.base_latency import NO_SAMPLE, BaseLatency, Sample
from kiwoom_sim.faults.effects import (
    NO_FAULT,
    Drop,
    Extra,
    Hold,
    Plan,
    Refuse,
    Replace,
)
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.failure import INTERNAL_ERROR
from kiwoom_sim.faults.transmission import Ending
from kiwoom_sim.observe.journal import FrameEntry, Journal
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.protocol.refusals import (
    Refused,
    detail,
    return_message,
    socket_message,
    system_frame,
)
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.runtime.facts import message_facts, name_of
from kiwoom_sim.runtime.mutes import Mutes
from kiwoom_sim.runtime.outbox import Outbox, Outgoing
from kiwoom_sim.runtime.reasons import reasons
from kiwoom_sim.runtime.service import Service, asked_by


class Delivery:
    """Carry what is said to connections from its making to the door.

    Attributes:
        mutes: Which registrations are dead.
        paths: Path of every open connection.
    """

    def __init__(
        self,
        board: Switchboard,
        *,
        faults: FaultEngine,
        journal: Journal,
        metrics: Metrics,
        service: Service,
    ) -> None:
        self.mutes = Mutes()
        self.paths: dict[int, str] = {}
        self._board = board
        self._faults = faults
        self._journal = journal
        self._metrics = metrics
        self._service = service
        self._outbox = Outbox()
        self._ready: list[Outgoing] = []
        self._sequence = 0
        self._latency = BaseLatency({}, seed=0)
        self._waits = False

    def use(self, latency: BaseLatency) -> None:
        """Let everyday waits come before frames."""
        self._latency, self._waits = latency, latency.watches("ws")

    @property
    def next_ms(self) -> int | None:
        """Return when something that waits is due, None if nothing waits."""
        waiting_ms = self._outbox.next_ms
        return None if waiting_ms is None else self._service.resume_ms(waiting_ms)

    def take(self) -> list[Outgoing]:
        """Return what has to be sent, in order, and forget it."""
        ready, self._ready = self._ready, []
        return ready

    def judge(self, facts: Facts, record: int = 0) -> Plan:
        """Decide what goes wrong, and count it.

        Args:
            facts: What is about to happen.
            record: Sequence of the record that it is; 0 = a frame.
        """
        plan = self._faults.decide(facts)
        self._metrics.faults.update(plan.faults)
        for event in reasons(plan, facts, record):
            self._journal.event(event)
        for command, fault in asked_by(plan):
            self._service.ask(command, facts.wire_ms, (fault,), record)
        return plan

    def release(self, ms: int) -> None:
        """Let go what has waited long enough."""
        for item in self._outbox.release(ms):
            self.leave(item if item.ms == ms else msgspec.structs.replace(item, ms=ms))

    def emit(self, item: Outgoing, late_ms: int = 0) -> None:
        """Let an item go, connection by connection where a fault may meet it.

        Args:
            item: What is said now.
            late_ms: How long it has to wait in any case.
        """
        is_frame = item.is_frame and item.cause != "fault"
        watched = is_frame and self._faults.in_force("ws", "frame", item.ms)
        waits = self._waits and item.frame != b""
        is_held = self._service.resume_ms(item.ms) > item.ms
        is_plain = not (watched or waits) and not self.mutes and self._outbox.is_empty
        if is_plain and not late_ms and not is_held:
            self.leave(item)
            return
        looks = waits or (is_frame and (watched or bool(self.mutes)))
        facts = self._facts(item) if looks else None
        shared: dict[int, list[int]] = {}
        for connection in item.to:
            plan, sample = NO_FAULT, NO_SAMPLE
            if facts is not None:
                mine = self._facts_for(facts, connection)
                killers = self.mutes.killers(mine) if is_frame else ()
                if killers:
                    self.drop(_alone(item, connection, killers))
                    continue
                plan = self.judge(mine) if watched else NO_FAULT
                sample = self._everyday(mine) if waits else NO_SAMPLE
            wait_ms = late_ms + plan.delay_ms + sample.wait_ms
            due_ms = self._outbox.free_ms(connection, item.ms + wait_ms)
            due_ms = self._service.resume_ms(due_ms)
            if plan is NO_FAULT and not sample.wait_ms and (is_held or due_ms == item.ms):
                shared.setdefault(due_ms, []).append(connection)
            else:
                alone = _alone(item, connection, plan.fault_ids)
                self._emit_alone(_late(alone, sample), plan, due_ms)
        for due_ms, connections in shared.items():
            whole = len(connections) == len(item.to)
            part = item if whole else msgspec.structs.replace(item, to=tuple(connections))
            self._send_on(part, item.ms, due_ms)

    def leave(self, item: Outgoing) -> None:
        """Hand an item to the door, and what it was the last to pass."""
        self._hand_over(item)
        passed = self._outbox.passed(item.to)
        while passed:
            late = msgspec.structs.replace(passed.pop(0), ms=item.ms)
            self._hand_over(late)
            passed += self._outbox.passed(late.to)

    def drop(self, item: Outgoing) -> None:
        """Write down a frame that is not sent; a PING is not held against the peer then."""
        self._write(item, dropped=True)
        self._metrics.frames_dropped += len(item.to)
        if item.cause == "ping":
            for connection in item.to:
                session = self._board.session(connection)
                if session is not None:
                    session.excuse()

    def forget(self, connection: int) -> None:
        """Forget a connection that is gone; what waited for it is lost."""
        self._board.close(connection)
        self._faults.forget("ws", connection)
        self.mutes.forget(connection)
        self.paths.pop(connection, None)
        for item in self._outbox.drop(connection):
            if item.frame:
                self.drop(item)

    def _emit_alone(self, item: Outgoing, plan: Plan, due_ms: int) -> None:
        """Do what a plan says about one frame to one connection."""
        (connection,) = item.to
        extras, close = plan.each(Extra), plan.close
        for extra in extras:
            if extra.before:
                self._send_on(_extra(item, extra), item.ms, due_ms)
        self._send_main(item, plan, due_ms)
        for extra in extras:
            if extra.before or plan.cut is not None:
                continue
            if extra.delay_ms:
                late = _extra(item, extra)
                self._outbox.hold_aside(msgspec.structs.replace(late, ms=due_ms + extra.delay_ms))
            else:
                self._send_on(_extra(item, extra), item.ms, due_ms)
        if close is not None:
            goodbye = closing(connection, item.ms, close.code, close.reason, item.faults)
            self._send_on(goodbye, item.ms, due_ms)
        for ending in plan.endings:
            self._send_on(ended(connection, item.ms, ending, item.faults), item.ms, due_ms)

    def _send_main(self, item: Outgoing, plan: Plan, due_ms: int) -> None:
        """Send the frame itself, or what stands for it."""
        refusal, hold = plan.instead, plan.first(Hold)
        if isinstance(refusal, Refuse) or plan.first(Drop) is not None or plan.is_unasked:
            self.drop(item)
            frame = self.refusal(item.to[0], refusal) if isinstance(refusal, Refuse) else b""
            if frame or plan.cut is not None:
                told = msgspec.structs.replace(_saying(item, frame), ending=plan.cut)
                self._send_on(told, item.ms, due_ms)
            return
        other = plan.first(Replace)
        frame = item.frame if other is None else other.frame
        item = msgspec.structs.replace(item, frame=frame, ending=plan.cut)
        if hold is None:
            self._send_on(item, item.ms, due_ms)
            return
        held = msgspec.structs.replace(item, ms=due_ms + hold.delay_ms)
        replaced = self._outbox.hold_aside(held, passes=hold.frames, key=hold.key)
        if replaced is not None:
            self.drop(msgspec.structs.replace(replaced, ms=item.ms))

    def refusal(self, connection: int, refuse: Refuse, name: str = "") -> bytes:
        """Return a documented refusal as a frame; empty where the contract has none."""
        if self._board.speaks_ralph(connection):
            return b""
        if refuse.code.startswith("R"):
            return system_frame(refuse.code)
        parameters = dict(refuse.parameters)
        if "cause" in parameters:
            parameters["text"] = detail(Refused(parameters["cause"]))
        if refuse.code == INTERNAL_ERROR:
            code, text = return_message(Refused(refuse.code))
        else:
            code, text = int(refuse.code), socket_message(int(refuse.code), **parameters)
        body = {"trnm": name, "return_code": code, "return_msg": text}
        return msgspec.json.encode(body)

    def _send_on(self, item: Outgoing, now_ms: int, due_ms: int) -> None:
        """Send an item now, or keep its place in the queue."""
        if due_ms > now_ms:
            self._outbox.hold(msgspec.structs.replace(item, ms=due_ms))
        else:
            self.leave(item)

    def _hand_over(self, item: Outgoing) -> None:
        self._ready.append(item)
        is_cut = item.ending is not None and item.frame != b""
        self._write(item, dropped=is_cut)
        if is_cut:
            self._metrics.frames_dropped += len(item.to)
        elif item.ending is None:
            self._metrics.frames += len(item.to)
            self._metrics.frame_bytes += len(item.frame) * len(item.to)
        if item.is_last:
            for connection in item.to:
                self.forget(connection)

    def _write(self, item: Outgoing, *, dropped: bool) -> None:
        self._sequence += 1
        self._journal.frame(
            FrameEntry(
                ms=item.ms,
                seq=self._sequence,
                cause=item.cause,
                to=item.to,
                faults=item.faults,
                close=item.close,
                end=item.ending.name if item.ending is not None else "",
                dropped=dropped,
                record=item.record,
                name=item.name,
                type=item.type,
                code=item.code,
                latency_ms=item.latency_ms,
                latency=item.latency,
                body=item.frame,
            )
        )

    def _everyday(self, facts: Facts) -> Sample:
        names = (*facts.types, facts.api_id)
        return self._latency.sample("ws", facts.client, names, facts.wire_ms)

    def _facts(self, item: Outgoing) -> Facts:
        path = self.paths.get(item.to[0], "")
        return message_facts("frame", item.frame, wire_ms=item.ms, connection=0, key="", path=path)

    def _facts_for(self, facts: Facts, connection: int) -> Facts:
        key = self._board.key_of(connection)
        return msgspec.structs.replace(
            facts, connection=connection, key=f"key#{key}" if key else ""
        )


def closing(
    connection: int, ms: int, code: int, reason: str, faults: tuple[str, ...], cause: str = "fault"
) -> Outgoing:
    """Return the item that closes a connection."""
    return Outgoing(ms=ms, to=(connection,), close=code, reason=reason, cause=cause, faults=faults)


def ended(connection: int, ms: int, ending: Ending, faults: tuple[str, ...]) -> Outgoing:
    """Return the item that ends a connection, or shuts the door, below the protocol."""
    return Outgoing(ms=ms, to=(connection,), ending=ending, cause="fault", faults=faults)


def _alone(item: Outgoing, connection: int, faults: tuple[str, ...]) -> Outgoing:
    return msgspec.structs.replace(item, to=(connection,), faults=(*item.faults, *faults))


def _late(item: Outgoing, sample: Sample) -> Outgoing:
    """Return an item with the everyday wait that it had."""
    if sample is NO_SAMPLE:
        return item
    return msgspec.structs.replace(item, latency_ms=sample.wait_ms, latency=sample.told())


def _extra(item: Outgoing, extra: Extra) -> Outgoing:
    if extra.frame:
        return _saying(item, extra.frame)
    return msgspec.structs.replace(item, cause="fault")


def _saying(item: Outgoing, frame: bytes) -> Outgoing:
    """Return what a fault says to whom an item was for."""
    return msgspec.structs.replace(
        item, frame=frame, cause="fault", name=name_of(frame), type="", code=""
    )
