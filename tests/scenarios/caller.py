"""Call a shipped scenario in stepped time: requests in, refusals out, without a socket."""

from typing import Any

import msgspec

from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.runtime.ticket import Ticket
from kiwoom_sim.scenario.loader import load_scenario


class Caller:
    """Be one app key at a simulation that nobody else calls."""

    def __init__(self, scenario: str, appkey: str = "a") -> None:
        self.simulation = Simulation(load_scenario(scenario), epoch_ms=0)
        self.metrics = self.simulation.parts.metrics
        self.appkey = appkey
        self.token = ""
        self.seq = 0

    def send(self, ms: int, path: str, headers: dict[str, str], body: dict[str, str]) -> Ticket:
        """Let a request be admitted; a call that passes is left unanswered."""
        self.seq += 1
        record = Record(
            ms=ms, seq=self.seq, conn=1, kind="bytes", door="rest", method="POST", path=path,
            headers=headers, text=msgspec.json.encode(body).decode(),
        )  # fmt: skip
        self.simulation.accept(record)
        return self.simulation.admit(record)

    def login(self, ms: int = 0) -> dict[str, Any]:
        """Ask for a token and keep it; return the answer."""
        keys = {"grant_type": "client_credentials", "appkey": self.appkey, "secretkey": "s"}
        answer = told(self.send(ms, "/oauth2/token", {}, keys).reply)
        self.token = answer.get("token", self.token)
        return answer

    def call(self, ms: int, api: str = "ka10081", **body: str) -> Ticket:
        """Call an API with the token that is kept, every required field filled in."""
        path, fields = question(api)
        headers = {"api-id": api, "authorization": f"Bearer {self.token}"}
        return self.send(ms, path, headers, {**fields, **body})

    def codes(self, times: range, api: str = "ka10081", **body: str) -> list[str]:
        """Return the refusal of a call at each time, "" where it passes."""
        return [code(self.call(ms, api, **body)) for ms in times]


def question(api: str) -> tuple[str, dict[str, str]]:
    """Return path and body of a call of an API, every required field filled in."""
    spec = loader.spec(api)
    assert spec is not None
    texts = {"stk_cd": "005930"}
    if spec.command:
        texts |= {"dmst_stex_tp": "KRX", "trde_tp": "3"}
    fields = {
        name: texts.get(name, "20260320" if field.kind == "date" else "1")
        for name, field in spec.request.items()
        if field.required
    }
    return spec.path, fields


def code(ticket: Ticket) -> str:
    """Return the documented code that a call was refused with, "" if it passed."""
    return ticket.reply.refusal if ticket.reply is not None else ""


def told(reply: ApiReply | None) -> dict[str, Any]:
    """Return the members of an answer."""
    assert reply is not None
    answer: dict[str, Any] = msgspec.json.decode(reply.body)
    return answer
