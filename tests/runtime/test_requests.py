"""Check the life of a request: admitted in order, asked any time, written down once."""

from typing import Any

import msgspec
import pytest

from kiwoom_sim.faults.effects import Close
from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.requests import Requests
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.runtime.ticket import Ticket
from kiwoom_sim.scenario.loader import parse_scenario

RULES = """
schema = 1
[market]
symbols = ["005930"]
[[rule]]
id = "body"
match = { "body.stk_cd" = "000660" }
do = { kind = "http_error", status = 503 }
[[rule]]
id = "limit"
match = { api = "ka10004" }
do = { kind = "rate_limit", per_second = 0 }
[[rule]]
id = "lost"
match = { api = "ka10003" }
do = { kind = "disconnect", at = "instead" }
[[rule]]
id = "damage"
match = { api = "ka10100" }
do = [{ kind = "null_field", field = "code" }, { kind = "latency", delay = "5ms" }]
[[rule]]
id = "unseen"
match = { api = "ka10007" }
do = [{ kind = "malformed" }, { kind = "disconnect", at = "after" }]
"""


class Desk:
    """Send requests to a simulation and keep its token."""

    def __init__(self, text: str = RULES) -> None:
        self.simulation = Simulation(parse_scenario(text), epoch_ms=0)
        self.requests: Requests = self.simulation.requests
        self.seq = 0
        keys = {"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"}
        ticket = self.admit("", "/oauth2/token", keys)
        assert ticket.reply is not None
        self.token = msgspec.json.decode(ticket.reply.body)["token"]

    def admit(self, api: str, path: str, body: dict[str, str], token: str = "") -> Ticket:
        self.seq += 1
        headers = {"api-id": api} if api else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        text = msgspec.json.encode(body).decode()
        return self.simulation.admit(
            Record(
                ms=0,
                seq=self.seq,
                conn=1,
                kind="bytes",
                door="rest",
                method="POST",
                path=path,
                headers=headers,
                text=text,
            )
        )

    def quote(self, api: str = "ka10001", code: str = "005930") -> Ticket:
        path = "/api/dostk/stkinfo" if api != "ka10004" else "/api/dostk/mrkcond"
        return self.admit(api, path, {"stk_cd": code}, self.token)

    def entry(self, ticket: Ticket) -> dict[str, Any]:
        assert ticket.slot.entry is not None
        return msgspec.structs.asdict(ticket.slot.entry)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_client_is_accepted_with_its_first_token(desk: Desk) -> None:
    assert desk.requests.accepted
    assert not Simulation(parse_scenario(RULES), epoch_ms=0).requests.accepted


def test_a_question_can_be_repeated_and_is_written_once(desk: Desk) -> None:
    ticket = desk.quote()
    assert desk.requests.is_open(ticket)
    assert desk.requests.ask(ticket) == desk.requests.ask(ticket)
    assert ticket.slot.entry is None
    desk.requests.answer(ticket)
    assert not desk.requests.is_open(ticket)
    desk.requests.answer(ticket)
    assert desk.entry(ticket)["cause"] == "world"
    assert desk.simulation.parts.metrics.requests["ka10001"] == 1


def test_a_refusal_needs_no_question(desk: Desk) -> None:
    ticket = desk.admit("ka10001", "/api/dostk/stkinfo", {"stk_cd": "005930"}, "wrong")
    assert not desk.requests.is_open(ticket)
    assert (desk.entry(ticket)["cause"], desk.entry(ticket)["refusal"]) == ("gateway", "8005")


def test_an_answer_can_be_put_in_its_place(desk: Desk) -> None:
    ticket = desk.quote(code="000660")
    assert ticket.reply is not None
    assert ticket.reply.status == 503
    assert (desk.entry(ticket)["cause"], desk.entry(ticket)["faults"]) == ("fault", ("f1",))


def test_a_refusal_can_be_put_in_its_place(desk: Desk) -> None:
    ticket = desk.quote("ka10004")
    assert ticket.reply is not None
    assert (ticket.reply.status, ticket.reply.refusal) == (429, "1700")


def test_the_limit_that_refuses_and_the_block_it_brings_are_written_down() -> None:
    text = """
schema = 1
[[limit]]
id = "tight"
rate = "1/1s"
penalty = { after = 1, for = "5s" }
[[limit]]
id = "watch"
rate = "0/1s"
shadow = true
"""
    desk = Desk(text)
    passed, refused = desk.quote(), desk.quote()
    assert desk.requests.answer(passed) is not None
    assert (desk.entry(passed)["limit"], desk.entry(passed)["shadow"]) == ("", ("watch",))
    assert (desk.entry(refused)["limit"], desk.entry(refused)["cause"]) == ("tight", "gateway")
    limits = desk.simulation.parts.metrics.limits
    assert limits == {
        ("tight", "passed"): 1, ("watch", "shadow"): 1, ("tight", "refused"): 1,
        ("tight", "blocked"): 1,
    }  # fmt: skip
    [event] = desk.simulation.parts.journal._pending_events
    assert event.detail == {"limit": "tight", "client": "key#1", "until_ms": 5_000}


def test_a_lost_request_has_no_answer(desk: Desk) -> None:
    ticket = desk.quote("ka10003")
    assert ticket.is_lost
    assert isinstance(ticket.plan.close, Close)
    assert desk.requests.answer(ticket) is None
    assert desk.entry(ticket)["status"] == 0


def test_an_error_of_ours_is_answered_as_the_brokers(desk: Desk) -> None:
    ticket = desk.quote()
    desk.requests.fail(ticket)
    assert ticket.reply is not None
    assert "1999" in msgspec.json.decode(ticket.reply.body)["return_msg"]
    assert desk.entry(ticket)["refusal"] == "1999"


def test_an_admission_that_breaks_does_not_hold_the_journal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk.requests._gateway, "admit", broken)
    ticket = desk.quote()
    assert desk.entry(ticket)["refusal"] == "1999"
    assert not desk.requests.is_open(ticket)
    assert "admission failed" in caplog.text


def test_settling_answers_everything_that_is_open(desk: Desk) -> None:
    desk.simulation.parts.store.cooperative = True
    tickets = [desk.quote(), desk.quote()]
    desk.requests.settle()
    assert all(ticket.reply is not None for ticket in tickets)
    assert not any(desk.requests.is_open(ticket) for ticket in tickets)


def test_a_form_of_the_older_contract_is_accepted_and_counts_as_its_counterpart() -> None:
    desk = Desk()
    desk.requests.accepted = False
    denied = desk.admit("", "/api/dostk/ka10001", {"stk_cd": "005930"}, "mock_token")
    assert (desk.entry(denied)["status"], desk.entry(denied)["api"]) == (400, "ka10001")
    assert not desk.requests.accepted
    ticket = desk.admit("ka10001", "/api/dostk/stkinfo", {"stk_cd": "KS11"}, "mock_token")
    assert desk.entry(ticket)["refusal"] == "8005"
    ticket = desk.admit("", "/api/dostk/stkinfo", {"stk_cd": "KS11"}, "mock_token")
    assert desk.requests.accepted
    desk.requests.answer(ticket)
    assert (desk.entry(ticket)["status"], desk.entry(ticket)["api"]) == (200, "ka20001")


def test_rules_know_a_form_by_its_counterpart_and_by_its_body() -> None:
    desk = Desk()
    dated = {"stk_cd": "000660", "dt": "20260320"}
    ticket = desk.admit("", "/api/dostk/chart", dated, "mock_token")
    assert (desk.entry(ticket)["status"], desk.entry(ticket)["cause"]) == (503, "fault")
    assert desk.entry(ticket)["api"] == "ka10060"


def test_the_journal_holds_the_damaged_answer_with_its_fault(desk: Desk) -> None:
    ticket = desk.quote("ka10100")
    desk.requests.answer(ticket)
    entry = desk.entry(ticket)
    assert ticket.reply is not None
    assert (entry["cause"], entry["faults"]) == ("fault", ("f1", "f2"))
    assert entry["body"] == ticket.reply.body
    assert msgspec.json.decode(entry["body"])["code"] is None


def test_damage_that_comes_to_nothing_does_not_count(desk: Desk) -> None:
    ticket = desk.admit("ka10100", "/api/dostk/stkinfo", {"stk_cd": "005930"}, "wrong")
    entry, parts = desk.entry(ticket), desk.simulation.parts
    assert (entry["cause"], entry["faults"]) == ("gateway", ("f2",))
    assert parts.metrics.faults == {("damage", "latency"): 1}
    assert +parts.faults.counts == {("damage", "latency"): 1}


def test_damage_that_nobody_sees_does_not_count(desk: Desk) -> None:
    ticket = desk.quote("ka10007")
    desk.requests.answer(ticket)
    assert desk.entry(ticket)["faults"] == ("f2",)
    assert desk.simulation.parts.metrics.faults == {("unseen", "disconnect"): 1}


def test_an_error_of_ours_can_be_damaged_too(desk: Desk) -> None:
    desk.requests.fail(desk.quote("ka10100"))
    assert desk.simulation.parts.metrics.faults == {("damage", "latency"): 1}


STUBS = """
schema = 1
[market]
symbols = ["005930"]
[latency]
"rest.*" = { delay = "7ms" }
"rest.stkinfo" = { range = ["20ms", "40ms"] }
[[stub]]
id = "order"
match = { api = "kt10000" }
when = { first = 1 }
reply = { status = 201, body = { ord_no = "0000001", return_code = 0 } }
[[stub]]
id = "quote"
match = { api = "ka10001", "body.stk_cd" = "000660" }
reply = { body = "maintenance", headers = { content-type = "text/html", cont-yn = "Y" } }
[[rule]]
id = "page"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "http_error", status = 503 }
"""
LOST = """
schema = 1
[market]
symbols = ["005930"]
[clock]
start = 2026-03-23T10:00:00
[[rule]]
id = "lost"
match = { api = "kt10000" }
do = { kind = "disconnect", at = "after" }
"""
ORDER = {
    "dmst_stex_tp": "KRX", "stk_cd": "005930", "ord_qty": "1", "ord_uv": "", "trde_tp": "3",
    "cond_uv": "",
}  # fmt: skip


def order(desk: Desk, token: str) -> Ticket:
    return desk.admit("kt10000", "/api/dostk/ordr", ORDER, token)


def test_a_stub_answers_instead_of_the_world_after_token_and_limits() -> None:
    desk = Desk(STUBS + '[wire]\nenvironment = "demo"\n')
    assert order(desk, "").reply.refusal == "1513"  # type: ignore[union-attr] # it is there
    ticket = order(desk, desk.token)
    assert ticket.reply is not None
    assert (ticket.reply.status, ticket.stub) == (201, "order")
    assert msgspec.json.decode(ticket.reply.body)["ord_no"] == "0000001"
    assert dict(ticket.reply.headers)["api-id"] == "kt10000"
    assert not order(desk, desk.token).stub
    assert order(desk, desk.token).reply.refusal == "1700"  # type: ignore[union-attr] # as above
    entry = desk.entry(ticket)
    assert (entry["cause"], entry["stub"]) == ("stub", "order")
    metrics = desk.simulation.parts.metrics
    assert metrics.stubs == {"order": 1}
    assert metrics.summary()["stubs"] == {"order": 1}


def test_where_a_stub_does_not_answer_the_world_does() -> None:
    desk = Desk(STUBS)
    assert order(desk, desk.token).stub == "order"
    later = order(desk, desk.token)
    assert not later.stub
    assert later.reply is not None
    assert msgspec.json.decode(later.reply.body)["ord_no"] == "0000001", "the stub took no number"


def test_an_order_that_a_fault_answers_never_reaches_the_desk() -> None:
    desk = Desk(STUBS.replace('api = "ka10001" }\nwhen = { nth = 2 }', 'api = "kt10000" }'))
    assert order(desk, desk.token).reply.status == 503  # type: ignore[union-attr] # it is there
    assert desk.simulation.parts.desk.accounts == {}


def test_an_order_whose_answer_is_lost_is_live() -> None:
    """Accepted, filled and paid; only the client does not know."""
    desk = Desk(LOST)
    ticket = order(desk, desk.token)
    assert ticket.is_lost
    statement = desk.simulation.parts.desk.statement(1)
    assert [(line.filled, line.open) for line in statement.lines] == [(1, 0)]
    assert statement.positions[0].quantity == 1


def test_faults_go_before_stubs() -> None:
    desk = Desk(STUBS)
    first, second = desk.quote(code="000660"), desk.quote(code="000660")
    assert first.reply is not None
    assert (first.reply.body, first.reply.content_type) == (b"maintenance", "text/html")
    assert dict(first.reply.headers)["cont-yn"] == "Y"
    assert second.reply is not None
    assert (second.reply.status, second.stub) == (503, "")
    assert desk.entry(second)["cause"] == "fault"


def test_every_answer_waits_as_the_table_says() -> None:
    desk = Desk(STUBS)
    waits = [desk.quote(code="000660").latency_ms for _ in range(5)]
    assert all(20 <= wait <= 40 for wait in waits)
    assert len(set(waits)) > 2
    assert order(desk, "").latency_ms == 7
    assert [Desk(STUBS).quote(code="000660").latency_ms for _ in range(2)] == waits[:1] * 2
