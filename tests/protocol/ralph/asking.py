"""Ask the older forms of the small market of `worlds`, as a client that has any bearer text."""

import json
from typing import Any

from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.protocol.ralph.answers import answer_form
from kiwoom_sim.protocol.ralph.forms import read_form
from kiwoom_sim.protocol.ralph.replies import Denied
from tests.protocol import worlds

Body = dict[str, Any]
PRICE, DAYS = "/api/dostk/ka10001", "/api/dostk/ka10081"
CHART, INFO = "/api/dostk/chart", "/api/dostk/stkinfo"


def request(path: str, body: object, method: str = "POST", **headers: str) -> ApiRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"authorization": "Bearer mock_token", **headers}
    return ApiRequest(method=method, path=path, headers=given, body=raw)


def ask(path: str, body: object, at: Views | None = None) -> tuple[int, Body]:
    """Return status and body of the answer to a form that can be read."""
    form = read_form(request(path, body))
    assert not isinstance(form, Denied), form
    reply = answer_form(form, at or worlds.views())
    assert bool(reply.refusal) is (reply.status != 200)
    told: Body = json.loads(reply.body)
    assert type(told["return_code"]) is int
    return reply.status, told


def found(path: str, body: object, at: Views | None = None) -> Body:
    """Return the members of a successful answer, without its return code and text."""
    status, told = ask(path, body, at)
    assert (status, told.pop("return_code")) == (200, 0), told
    assert told.pop("return_msg")
    return told


def denied(path: str, body: object, at: Views | None = None) -> str:
    """Return what the market says about a form that it cannot answer."""
    status, told = ask(path, body, at)
    assert (status, told["return_code"]) == (400, 2)
    assert told["detail"] == told["return_msg"]
    return str(told["detail"])


def price_body(code: str) -> Body:
    return {"jsonrpc": "2.0", "method": "t0414", "params": {"t0414InBlock": {"shcode": code}}}
