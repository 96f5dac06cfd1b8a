"""Open a simulator on free ports for a test, and speak to it as a client does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kiwoom_sim.app import Running, serve
from kiwoom_sim.scenario.loader import parse_scenario

SMALL = """
schema = 1
seed = 11
[clock]
start = 2026-03-23T09:30:00
session = "always-open"
[market]
symbols = ["005930", "000660"]
"""
KEYS = {"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"}
WAIT_S = 20


class Client:
    """Hold an HTTP client and a token."""

    def __init__(self, running: Running, http: httpx.AsyncClient) -> None:
        self.running = running
        self.http = http
        self.token = ""

    async def login(self) -> str:
        reply = await self.http.post("/oauth2/token", json=KEYS)
        self.token = reply.json()["token"]
        return self.token

    async def call(self, api: str, path: str, **body: str) -> httpx.Response:
        headers = {"api-id": api, "authorization": f"Bearer {self.token}"}
        return await self.http.post(path, json=body, headers=headers)

    async def quote(self, code: str = "005930") -> httpx.Response:
        return await self.call("ka10001", "/api/dostk/stkinfo", stk_cd=code)

    @asynccontextmanager
    async def socket(self) -> "AsyncIterator[Socket]":
        url = f"{self.running.ws_url}/api/dostk/websocket"
        async with connect(url, compression=None) as peer:
            socket = Socket(peer)
            await socket.say(trnm="LOGIN", token=self.token)
            assert (await socket.hear())["return_code"] == 0
            yield socket


class Socket:
    """Speak JSON over a WebSocket."""

    def __init__(self, peer: ClientConnection) -> None:
        self.peer = peer

    async def say(self, **message: Any) -> None:
        await self.peer.send(msgspec.json.encode(message).decode())

    async def hear(self) -> dict[str, Any]:
        text = await asyncio.wait_for(self.peer.recv(), WAIT_S)
        message: dict[str, Any] = msgspec.json.decode(text)
        return message

    async def goodbye(self) -> tuple[int | None, str | None]:
        """Read to the end and return how the other side closed."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()
        return self.peer.close_code, self.peer.close_reason

    async def register(self, *types: str, items: tuple[str, ...] = ("005930",)) -> None:
        data = [{"item": list(items), "type": list(types)}]
        await self.say(trnm="REG", grp_no="1", refresh="1", data=data)
        while (await self.hear())["trnm"] != "REG":
            pass


def tell(
    story: Callable[[Client], Awaitable[None]],
    extra: str = "",
    runs: Path | None = None,
    **overrides: object,
) -> None:
    """Run a story against a fresh simulator."""

    async def run() -> None:
        scenario = parse_scenario(SMALL + extra, name="small", overrides=overrides)
        async with (
            serve(scenario, rest_port=0, ws_port=0, runs=runs) as running,
            httpx.AsyncClient(base_url=running.rest_url, timeout=WAIT_S) as http,
        ):
            await story(Client(running, http))

    asyncio.run(run())


async def until(reached: Callable[[], bool]) -> None:
    """Let the event loop go on until something is so."""
    async with asyncio.timeout(WAIT_S):
        while not reached():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.002)
