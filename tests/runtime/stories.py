"""Drive a live simulation without sockets, for tests."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario

TEXT = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930"]
"""
KEYS = b'{"grant_type":"client_credentials","appkey":"a","secretkey":"b"}'
PATH = "/api/dostk/websocket"
STEPPED = TEXT.replace("[market]", 'mode = "stepped"\n[market]')
HELD = TEXT.replace("[market]", 'hold = "first-request"\n[market]')
REGISTER = b'{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B","0D"]}]}'

Story = Callable[[Live, list[Outgoing]], Awaitable[None]]


def run(story: Story, text: str = TEXT, kept: Path | None = None) -> Live:
    """Run a story beside a live simulation and end it."""

    async def main() -> Live:
        simulation = Simulation(parse_scenario(text), epoch_ms=0, directory=kept)
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


async def listen(live: Live) -> None:
    """Log in on a socket and register."""
    token = await token_of(live)
    await live.connect(PATH, {})
    live.message(1, msgspec.json.encode({"trnm": "LOGIN", "token": token}).decode())
    live.message(1, REGISTER)
