"""Check the live loop without sockets: order, waiting, and the end."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from tests.servers.doors import until

TEXT = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930"]
"""
KEYS = b'{"grant_type":"client_credentials","appkey":"a","secretkey":"b"}'
PATH = "/api/dostk/websocket"


def run(story: Callable[[Live, list[Outgoing]], Awaitable[None]], text: str = TEXT) -> Live:
    """Run a story beside a live simulation and end it."""

    async def main() -> Live:
        simulation = Simulation(parse_scenario(text), epoch_ms=0)
        live = Live(simulation, Pacer(), TimingLog(None))
        delivered: list[Outgoing] = []
        live.deliver = delivered.extend
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(live.run())
            await asyncio.wait_for(story(live, delivered), 30)
            await live.stop("stop")
        return live

    return asyncio.run(main())


async def token_of(live: Live) -> str:
    ticket = await live.request("POST", "/oauth2/token", {}, KEYS, 1)
    assert ticket.reply is not None
    token: str = msgspec.json.decode(ticket.reply.body)["token"]
    return token


def call_headers(token: str) -> dict[str, str]:
    return {"api-id": "ka10001", "authorization": f"Bearer {token}"}


def test_cold_and_warm_answers_agree() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        headers = call_headers(await token_of(live))
        body = b'{"stk_cd":"005930"}'
        tickets = [
            await live.request("POST", "/api/dostk/stkinfo", headers, body, 1) for _ in range(2)
        ]
        assert all(ticket.reply and ticket.reply.status == 200 for ticket in tickets)
        assert live.simulation.parts.metrics.waits == 1

    live = run(story)
    assert live.simulation.digests()["journal.rest"]["count"] == 3


def test_an_error_of_ours_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        token = await token_of(live)

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(live.simulation.requests, "ask", broken)
        ticket = await live.request(
            "POST", "/api/dostk/stkinfo", call_headers(token), b'{"stk_cd":"005930"}', 1
        )
        assert ticket.reply is not None
        assert ticket.reply.refusal == "1999"

    run(story)


def test_messages_are_answered_at_once_and_in_order() -> None:
    async def story(live: Live, delivered: list[Outgoing]) -> None:
        token = await token_of(live)
        connection, plan = await live.connect(PATH, {})
        assert (connection, plan.injections) == (1, ())
        live.message(1, msgspec.json.encode({"trnm": "LOGIN", "token": token}).decode())
        live.message(1, b'{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B"]}]}')
        await until(lambda: len(delivered) >= 4)
        names = [msgspec.json.decode(item.frame)["trnm"] for item in delivered]
        assert names[:3] == ["LOGIN", "REG", "REAL"]
        live.disconnected(1, 1000)
        assert live.simulation.parts.metrics.messages == 2

    run(story)


def test_wire_time_waits_for_the_first_client() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await asyncio.sleep(0.02)
        assert live.now_ms() == 0
        await live.request("POST", "/api/dostk/stkinfo", {}, b"{}", 1)
        assert live.now_ms() == 0
        await token_of(live)
        await until(lambda: live.now_ms() > 0)

    run(story, TEXT.replace("[market]", 'hold = "first-request"\n[market]'))


def test_timing_is_kept_beside_the_run(tmp_path: Path) -> None:
    async def main() -> None:
        live = Live(Simulation(parse_scenario(TEXT), epoch_ms=0), Pacer(), TimingLog(tmp_path))
        await token_of(live)
        await live.stop("stop")
        await live.stop("again")

    asyncio.run(main())
    assert '"seq":1' in (tmp_path / "timing.jsonl").read_text()
