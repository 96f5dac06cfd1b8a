from kiwoom_sim.faults.base_latency import Sample
from kiwoom_sim.faults.effects import NO_FAULT, Close, Injection, Plan
from kiwoom_sim.observe.journal import Slot
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.runtime.ticket import Ticket

RECORD = Record(ms=1, seq=2, kind="bytes")
REQUEST = ApiRequest(method="POST", path="/", headers={}, body=b"", received_ms=1, sequence=2)


def test_a_ticket_is_about_nothing_before_it_is_admitted() -> None:
    ticket = Ticket(record=RECORD, request=REQUEST, plan=NO_FAULT, slot=Slot())
    assert (ticket.subject, ticket.is_lost, ticket.latency_ms) == (("", ""), False, 0)


def test_a_ticket_knows_its_wait_and_whether_its_answer_is_lost() -> None:
    lost = Injection(fault_id="f1", rule="cut", kind="disconnect", effect=Close(after=True))
    ticket = Ticket(
        record=RECORD,
        request=REQUEST,
        plan=Plan(injections=(lost,)),
        slot=Slot(),
        sample=Sample(7, "rest.*", "key#1", 1, "7 of 9"),
    )
    assert (ticket.is_lost, ticket.latency_ms) == (True, 7)
