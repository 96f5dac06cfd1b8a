"""Check how the REST door performs answers, waits and cuts, without a network."""

import asyncio
from typing import Any

from kiwoom_sim.faults.effects import NO_FAULT, Close, Delay, Effect, Injection, Plan
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.servers.rest import BODY_BYTES_MAX, BrokerHandler, RestApp

REPLY = ApiReply(headers=(("api-id", "ka10001"), ("cont-yn", "N")), body=b'{"return_code":0}')


class FakeLive:
    """Answer every request alike and remember what came in."""

    def __init__(self, plan: Plan = NO_FAULT, reply: ApiReply | None = REPLY) -> None:
        self.plan, self.reply = plan, reply
        self.seen: list[tuple[Any, ...]] = []
        self.delays_ms: list[int] = []
        self.latency_ms = 0

    def stands_still(self) -> bool:
        return False

    async def delay(self, by_ms: int) -> None:
        self.delays_ms.append(by_ms)

    async def request(self, *request: Any) -> "FakeLive":
        self.seen.append(request)
        return self


class FakeTransport:
    """Remember that it was cut."""

    cut = False

    def abort(self) -> None:
        self.cut = True


def exchange(
    app: Any, *parts: bytes, method: str = "POST", path: str = "/api/dostk/stkinfo", **state: Any
) -> list[dict[str, Any]]:
    """Send one request to an ASGI application and return what it sent."""
    sent: list[dict[str, Any]] = []
    incoming = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts or (b"",), 1)
    ]

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"api-id", b"ka10001"), (b"x-name", "é".encode("latin-1"))],
        "state": {"connection": 7, **state},
    }
    asyncio.run(app(scope, receive, send))
    return sent


def plan(*effects: Effect) -> Plan:
    return Plan(
        injections=tuple(
            Injection(fault_id=f"f{number}", rule="r", kind="k", effect=effect)
            for number, effect in enumerate(effects, 1)
        )
    )


def handler(live: FakeLive) -> BrokerHandler:
    return BrokerHandler(live)  # type: ignore[arg-type] # as much of it as the door uses


def test_an_answer_carries_its_headers_and_length() -> None:
    live = FakeLive()
    start, body = exchange(handler(live), b'{"stk_cd":', b'"005930"}')
    assert start["status"] == 200
    headers = dict(start["headers"])
    assert headers[b"api-id"] == b"ka10001"
    assert headers[b"content-type"] == b"application/json;charset=UTF-8"
    assert headers[b"content-length"] == b"17"
    assert body["body"] == REPLY.body
    [(method, path, seen, received, connection)] = live.seen
    assert (method, path, received) == ("POST", "/api/dostk/stkinfo", b'{"stk_cd":"005930"}')
    assert (seen["api-id"], seen["x-name"], connection) == ("ka10001", "é", 7)


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    live = FakeLive()
    start, _ = exchange(handler(live), b"x" * BODY_BYTES_MAX, b"x")
    assert start["status"] == 413
    assert live.seen == []


def test_a_delayed_answer_arrives() -> None:
    live = FakeLive(plan(Delay(1), Delay(20)))
    start, _ = exchange(handler(live))
    assert start["status"] == 200
    assert live.delays_ms == [21]


def test_everyday_waits_come_before_those_of_faults() -> None:
    live = FakeLive(plan(Delay(20)))
    live.latency_ms = 7
    assert exchange(handler(live))[0]["status"] == 200
    assert live.delays_ms == [7, 20]


def test_a_lost_answer_cuts_the_connection() -> None:
    transport = FakeTransport()
    sent = exchange(handler(FakeLive(plan(Close(after=True)))), transport=transport)
    assert sent == []
    assert transport.cut


def test_a_request_that_outlives_the_run_is_cut_quietly() -> None:
    class Ended(FakeLive):
        async def request(self, *request: Any) -> "FakeLive":
            await super().request(*request)
            raise asyncio.CancelledError

    transport = FakeTransport()
    assert exchange(handler(Ended()), transport=transport) == []
    assert transport.cut


def test_posts_never_reach_the_framework() -> None:
    def unbuilt() -> Any:
        raise AssertionError("built for a broker call")

    app = RestApp(handler(FakeLive()), unbuilt)
    assert exchange(app, path="/oauth2/token")[0]["status"] == 200
    assert exchange(app, path="/nowhere")[0]["status"] == 200
    assert exchange(app, path="/api/dostk/chart", method="GET")[0]["status"] == 200


def test_the_rest_is_carried_and_head_is_asked_as_get() -> None:
    methods = []

    async def carrier(scope: Any, _receive: Any, _send: Any) -> None:
        methods.append(scope["method"])

    app = RestApp(handler(FakeLive()), lambda: carrier)
    exchange(app, path="/", method="HEAD")
    exchange(app, path="/docs", method="GET")
    assert methods == ["GET", "GET"]
