"""Run the REST half of a simulation: admit in order, ask when the world is ready, write it down.

REST is split so that a slow answer never breaks the order: `admit` changes state and runs in
order of arrival, `ask` is a pure question of the world as it was then and may be repeated after
`NotReady`, `finish` writes down what became of the request.

Not for: waiting. Whoever opens the doors performs the delays of a plan.
"""

import logging
from collections.abc import Callable
from functools import partial

import msgspec

from kiwoom_sim.engine.world import World
from kiwoom_sim.faults.base_latency import BaseLatency, Sample
from kiwoom_sim.faults.effects import NO_FAULT, Mingle, Plan, Refuse, Reply, Spoil
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import client_of
from kiwoom_sim.faults.failure import INTERNAL_ERROR
from kiwoom_sim.faults.stubs import Stubs
from kiwoom_sim.observe.journal import EventEntry, Journal, RestEntry, return_code
from kiwoom_sim.observe.masks import Masks
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.recent import TEXT_CHARACTERS_MAX, RequestLog, Seen
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.gateway import Admission, Gateway, success
from kiwoom_sim.protocol.limits import UNLIMITED
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.switchboard import KICKED
from kiwoom_sim.runtime.access import spoil
from kiwoom_sim.runtime.alteration import Broken, altered, amended, earlier, mingled
from kiwoom_sim.runtime.facts import arrival_facts, request_facts
from kiwoom_sim.runtime.reasons import hook_failed, reasons
from kiwoom_sim.runtime.ticket import Dismissal, Ticket

ID_HEADER = "x-sim-id"

log = logging.getLogger(__name__)


class Requests:
    """Hold the requests that wait for their answers.

    Attributes:
        accepted: Whether any client was given a token, or asked without needing one.
        log: What was asked lately.
        shows_ids: Whether answers carry their id in a header.
    """

    def __init__(
        self,
        gateway: Gateway,
        world: World,
        *,
        faults: FaultEngine,
        journal: Journal,
        masks: Masks,
        metrics: Metrics,
    ) -> None:
        self.accepted = False
        self.log = RequestLog()
        self.shows_ids = False
        self._gateway = gateway
        self._world = world
        self._faults = faults
        self._journal = journal
        self._masks = masks
        self._metrics = metrics
        self._armed = faults.watches("rest")
        self._reads_body = faults.needs_body()
        self._stubs = Stubs((), phases=faults.phases, seed=0)
        self._latency = BaseLatency({}, seed=0)
        self._waits = False
        self._open: dict[int, Ticket] = {}

    def use(self, stubs: Stubs, latency: BaseLatency) -> None:
        """Let stubs answer before the world does, and everyday waits come before answers."""
        self._stubs, self._latency = stubs, latency
        self._waits = latency.watches("rest")
        self._gateway.stubbed = stubs.may_answer

    def reset(self, sequence: int) -> None:
        """Forget what was asked, and what stubs counted, up to a record."""
        self.log.clear(sequence)
        self._stubs.reset()

    def admit(self, record: Record) -> Ticket:
        """Take a request in order of arrival and decide what happens to it."""
        request = ApiRequest(
            method=record.method,
            path=record.path,
            headers=record.headers,
            body=record.body,
            connection=record.conn,
            received_ms=record.ms,
            sequence=record.seq,
        )
        client = self._gateway.client_of(request)
        plan = self._weather(request, client) if self._armed else NO_FAULT
        slot = self._journal.reserve()
        ticket = Ticket(record=record, request=request, plan=plan, slot=slot, client=client)
        if plan.spoils:
            self._spoil(ticket)
        if self._waits:
            ticket.sample = self._everyday(request, client)
        match plan.instead:
            case Reply() as page:
                ticket.reply = ApiReply(
                    status=page.status,
                    headers=page.headers,
                    body=page.body,
                    content_type=page.content_type,
                )
            case Refuse() as refuse:
                refused = Refused(refuse.code, refuse.parameters, refuse.status)
                ticket.reply = self._gateway.refuse(request, refused)
            case None:
                if not plan.is_unasked:
                    self._ask_gateway(ticket)
        if ticket.admission is None or ticket.reply is not None:
            self._write(ticket)
        else:
            self._open[record.seq] = ticket
        return ticket

    def arrive(self, record: Record) -> Plan:
        """Take a new connection and decide what happens to it."""
        facts = arrival_facts(record)
        plan = self._faults.decide(facts)
        self._metrics.faults.update(plan.faults)
        for event in reasons(plan, facts, record.seq):
            self._journal.event(event)
        return plan

    def is_open(self, ticket: Ticket) -> bool:
        """Say whether a request still waits for its answer."""
        return ticket.record.seq in self._open

    def ask(self, ticket: Ticket) -> ApiReply:
        """Return the world's answer to an open request; changes nothing, in whatever thread.

        Raises:
            NotReady: The market has to be generated first; then ask again.
        """
        assert ticket.admission is not None
        views = earlier(ticket.plan, self._world, ticket.record.ms)
        reply = self._gateway.answer(ticket.admission, views)
        mingle = ticket.plan.first(Mingle)
        return reply if mingle is None else mingled(reply, ticket.admission, views, mingle)

    def finish(self, ticket: Ticket, reply: ApiReply) -> None:
        """Take the answer to an open request and write down what became of it."""
        if self._open.pop(ticket.record.seq, None) is not None:
            ticket.reply = reply
            self._write(ticket)

    def answer(self, ticket: Ticket) -> ApiReply | None:
        """Ask and finish at once; return the answer, None if the request was lost.

        Raises:
            NotReady: The market has to be generated first; then ask again.
        """
        if self.is_open(ticket):
            self.finish(ticket, self.ask(ticket))
        return ticket.reply

    def fail(self, ticket: Ticket) -> None:
        """Answer a request that an error of ours cut short, as the broker does (1999)."""
        self._metrics.errors += 1
        self.finish(ticket, self._gateway.refuse(ticket.request, Refused("1999")))

    def settle(self) -> None:
        """Answer every request that is still open, generating what it needs on the spot."""
        store = self._world.market.store
        for ticket in list(self._open.values()):
            self.finish(ticket, store.run_inline(partial(self.ask, ticket)))

    def _ask_gateway(self, ticket: Ticket) -> None:
        try:
            request = amended(ticket.request, ticket.plan)
            admission = self._gateway.admit(request, ticket.record.ms)
        except Exception:  # the journal waits for every ticket, so this one must end
            log.exception("admission failed, seq=%s", ticket.record.seq)
            self._metrics.errors += 1
            ticket.reply = self._gateway.refuse(ticket.request, Refused("1999"))
            return
        ticket.admission = admission
        self._count(ticket.record, admission)
        if admission.reply is not None:
            ticket.reply = admission.reply
            if self._masks.learn(ticket.record, admission.reply.body):
                self._metrics.tokens += 1
        elif self._stubs:
            self._ask_stubs(ticket, admission)
        if admission.order is not None and ticket.reply is None:
            self._give_order(ticket, admission.order)
        # A client of the `ralph` dialect need not hold a token.
        self.accepted |= admission.reply is None or not admission.reply.refusal

    def _give_order(self, ticket: Ticket, order: Callable[[], ApiReply]) -> None:
        try:
            ticket.reply = order()
        except Exception:  # as above
            log.exception("order failed, seq=%s", ticket.record.seq)
            ticket.reply = self._gateway.refuse(ticket.request, Refused("1999"))

    def _spoil(self, ticket: Ticket) -> None:
        """Take access away from the caller, write it down, and say whose sessions have to end."""
        key, ms = self._gateway.key_of(ticket.request), ticket.record.ms
        for injection in ticket.plan.spoils:
            effect = injection.effect
            assert isinstance(effect, Spoil)
            spoil(self._gateway.tokens, key, effect, ms)
            detail: dict[str, str | int] = {
                "what": effect.what,
                "client": f"key#{key}",
                "fault": injection.fault_id,
            }
            self._journal.event(
                EventEntry(ms=ms, seq=ticket.record.seq, event="access_spoiled", detail=detail)
            )
            if effect.sessions != "keep":
                code = KICKED if effect.sessions == "kick" else ""
                dismissal = Dismissal(key=key, code=code, fault_id=injection.fault_id)
                ticket.dismissed = (*ticket.dismissed, dismissal)

    def _count(self, record: Record, admission: Admission) -> None:
        """Count what the rate limits decided, and write down the block that a refusal brought."""
        verdict, limits = admission.verdict, self._metrics.limits
        for name in verdict.passed:
            limits[name, "passed"] += 1
        for name in verdict.shadow:
            limits[name, "shadow"] += 1
        if verdict.limit:
            limits[verdict.limit, "refused"] += 1
        if verdict.block is not None:
            limits[verdict.limit, "blocked"] += 1
            until_ms = verdict.block.until_ms
            detail: dict[str, str | int] = {
                "limit": verdict.limit,
                "client": f"key#{admission.key}",
            }
            if until_ms is not None:
                detail["until_ms"] = until_ms
            event = EventEntry(ms=record.ms, seq=record.seq, event="limit_blocked", detail=detail)
            self._journal.event(event)

    def _ask_stubs(self, ticket: Ticket, admission: Admission) -> None:
        """Let a stub answer what the world would be asked."""
        key = f"key#{admission.key}" if admission.key else ""
        with_body = self._stubs.needs_body()
        facts = request_facts(ticket.request, key, admission.api_id, with_body=with_body)
        stub = self._stubs.find(facts)
        if stub is not None:
            ticket.stub = stub.id
            ticket.reply = ApiReply(
                status=stub.reply.status,
                headers=stub.reply.others(success(admission.api_id, b"").headers),
                body=stub.reply.content,
                content_type=stub.reply.content_type,
            )

    def _everyday(self, request: ApiRequest, key: str) -> Sample:
        client = client_of(key, request.connection)
        group = request.path.rstrip("/").rpartition("/")[2]
        names = (self._gateway.api_of(request), group)
        return self._latency.sample("rest", client, names, request.received_ms)

    def _weather(self, request: ApiRequest, key: str) -> Plan:
        api_id = self._gateway.api_of(request)
        facts = request_facts(request, key, api_id, with_body=self._reads_body)
        plan = self._faults.decide(facts)
        for event in reasons(plan, facts, request.sequence):
            self._journal.event(event)
        return plan

    def _write(self, ticket: Ticket) -> None:
        """Damage the answer if that is planned, and put it into the journal and the counters."""
        self._alter(ticket)
        if self.shows_ids and ticket.reply is not None:
            headers = (*ticket.reply.headers, (ID_HEADER, f"r{ticket.record.seq}"))
            ticket.reply = msgspec.structs.replace(ticket.reply, headers=headers)
        record, reply, plan = ticket.record, ticket.reply, ticket.plan
        status = 0 if ticket.is_lost or reply is None else reply.status
        refusal = reply.refusal if reply is not None else ""
        cause = "gateway" if refusal else "world"
        if ticket.stub:
            cause = "stub"
            self._metrics.stubs[ticket.stub] += 1
        happened = plan.without(ticket.idle)
        damaged = bool(happened.alterations)
        if plan.instead is not None or ticket.is_lost or damaged:
            cause = "fault"
        if ticket.admission is not None:
            api, verdict = ticket.admission.api_id, ticket.admission.verdict
        else:
            api, verdict = self._gateway.api_of(ticket.request), UNLIMITED
        entry = ticket.slot.entry = RestEntry(
            ms=record.ms,
            seq=record.seq,
            conn=record.conn,
            cause=cause,
            api=api,
            path=record.path,
            status=status,
            refusal=refusal,
            client=ticket.client,
            faults=happened.fault_ids,
            idle=tuple(name for name in plan.fault_ids if name not in happened.fault_ids),
            limit=verdict.limit,
            limits=verdict.counted,
            shadow=verdict.shadow,
            stub=ticket.stub,
            latency_ms=ticket.latency_ms,
            latency=ticket.sample.told(),
            body=reply.body if reply is not None else b"",
        )
        self._metrics.answered(api, status, refusal)
        self._metrics.faults.update(happened.faults)
        self._remember(record, entry)

    def _remember(self, record: Record, entry: RestEntry) -> None:
        """Show a request to whoever asks what was asked."""
        if record.path.startswith("/oauth2/"):
            record = self._masks.hide(record)
        self.log.add(
            Seen(
                id=f"r{entry.seq}",
                ms=entry.ms,
                seq=entry.seq,
                conn=entry.conn,
                api=entry.api,
                method=record.method,
                path=entry.path,
                status=entry.status,
                return_code=return_code(entry),
                refusal=entry.refusal,
                faults=entry.faults,
                body=record.text[:TEXT_CHARACTERS_MAX],
            )
        )

    def _alter(self, ticket: Ticket) -> None:
        """Change the answer as planned; a change that comes to nothing does not count."""
        if not ticket.plan.injections:
            return
        if ticket.is_lost or ticket.reply is None:
            ticket.idle = ticket.plan.alterations
        else:
            try:
                ticket.reply, ticket.idle = altered(ticket.reply, ticket.plan)
            except Broken as broken:
                refused, seq = Refused(INTERNAL_ERROR), ticket.record.seq
                ticket.reply = self._gateway.refuse(ticket.request, refused)
                event = hook_failed(broken.injection, broken.failed, broken.facts, seq)
                self._journal.event(event)
        for injection in ticket.idle:
            self._faults.withdraw(injection)
