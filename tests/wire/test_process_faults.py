"""Show what befalls the whole service to raw sockets and real clients: stops and restarts."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, WebSocketException

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import Client, Socket, tell, until
from tests.servers.raw import Raw, Seen, refused, request

SILENCE_S = 0.15
"""For how long a door has to be silent to count as still; the answer would come at once."""

PAUSE = """
[[rule]]
id = "stop"
match = { api = "ka10004" }
when = { first = 1 }
do = { kind = "pause", for = "20s" }
"""


async def silent(socket: Socket) -> None:
    """Read what was said before, and see that nothing comes then."""
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(socket.peer.recv(), SILENCE_S)


async def endless(socket: Socket) -> None:
    """Read what is said, until the connection ends."""
    while True:
        await socket.hear()


async def greet(url: str) -> str:
    """Shake hands at the WebSocket door; return the path that was asked for."""
    async with connect(f"{url}/api/dostk/websocket") as peer:
        assert peer.request is not None
        return peer.request.path


async def shake_hands(url: str) -> str:
    """Return the TLS version that a door agrees on."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=context)
    version: str = writer.get_extra_info("ssl_object").version()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return version


def test_a_stopped_service_takes_bytes_and_says_nothing_until_it_goes_on() -> None:
    async def story(client: Client) -> None:
        running = client.running
        await client.login()
        async with client.socket() as ws, Raw(running.rest_url) as raw:
            await ws.register("0B")
            asking = asyncio.ensure_future(
                client.call("ka10004", "/api/dostk/mrkcond", stk_cd="005930")
            )
            await until(lambda: running.faults() == {"stop": 1})
            before_ms = running.wire_ms
            await raw.say(request())
            async with Raw(running.rest_url) as late:
                await late.say(request())
                await silent(ws)
                waiting = [
                    asyncio.ensure_future(greet(running.ws_url)),
                    asyncio.ensure_future(shake_hands(running.tls_url)),
                    asyncio.ensure_future(
                        asyncio.to_thread(httpx.get, f"{running.rest_url}/health")
                    ),
                    asking,
                ]
                assert await raw.hear(SILENCE_S) == Seen(b"", "open")
                assert await late.hear(SILENCE_S) == Seen(b"", "open")
                assert not any(task.done() for task in waiting)
                await running.advance("20s")
                assert (await late.hear(SILENCE_S)).data
            assert (await raw.hear(SILENCE_S)).data
            path, version, health, answer = [await task for task in waiting]
            assert (path, version) == ("/api/dostk/websocket", "TLSv1.3")
            assert (health.status_code, answer.json()["return_code"]) == (200, 0)
            assert running.wire_ms >= before_ms + 20_000
            times = [row["values"]["20"] for row in (await ws.hear())["data"]]
            while len(times) < 40:
                times += [row["values"]["20"] for row in (await ws.hear())["data"]]
            assert times == sorted(times)
            assert times[-1] < running.market_time.strftime("%H%M%S")
            ws.peer.transport.abort()  # or its close would wait behind what is unread

    tell(story, PAUSE)


def restart(more: str = "") -> str:
    return f"""
[[rule]]
id = "crash"
match = {{ api = "ka10004" }}
when = {{ first = 1, per = "global" }}
do = {{ kind = "restart", down_for = "60s"{more} }}
"""


@pytest.mark.parametrize("keeps", [False, True])
def test_a_restart_ends_every_connection_and_refuses_until_it_is_over(keeps: bool) -> None:
    async def story(client: Client) -> None:
        running = client.running
        urls = [running.rest_url, running.ws_url, running.tls_url]
        await client.login()
        async with client.socket() as ws, Raw(running.rest_url) as rest, Raw(running.ws_url) as raw:
            await ws.register("0B")
            with pytest.raises(httpx.ReadError):
                await client.call("ka10004", "/api/dostk/mrkcond", stk_cd="005930")
            assert await rest.hear() == await raw.hear() == Seen(b"", "reset")
            with pytest.raises(ConnectionClosedError) as ended:
                await endless(ws)
            assert isinstance(ended.value.__cause__, ConnectionResetError)
        assert [await refused(url) for url in urls] == [True] * 3
        await running.advance("60s")
        for url in urls:
            while await refused(url):  # noqa: ASYNC110 - until it is back
                await asyncio.sleep(0.01)
        assert ("8005" in (await client.quote()).text) is not keeps
        await client.login()
        assert (await client.quote()).json()["return_code"] == 0
        async with client.socket() as ws:
            await silent(ws)
            await ws.register("0B")

    tell(story, restart(", keep_state = true" if keeps else ""))


def test_real_clients_tell_a_restart_from_an_answer() -> None:
    async def story(client: Client) -> None:
        running = client.running
        token = await client.login()
        headers = {"api-id": "ka10004", "authorization": f"Bearer {token}"}
        url = f"{running.rest_url}/api/dostk/mrkcond"
        async with aiohttp.ClientSession(headers=headers) as session:
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(url, json={"stk_cd": "005930"})
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.post(url, json={"stk_cd": "005930"})
        with pytest.raises(OSError):  # noqa: PT011 - the library has no class of its own for it
            await connect(f"{running.ws_url}/api/dostk/websocket")

    tell(story, restart())


STORY = """
[[event]]
id = "freeze"
at = "400ms"
do = { kind = "pause", for = "500ms" }
[[ws]]
id = "collection"
match = { moment = "frame", api = "REAL" }
when = { every = 8, per = "global" }
do = { kind = "pause", for = "100ms" }
[[rule]]
id = "crash"
match = { path = "/api/*" }
when = { nth = 6, per = "global" }
do = { kind = "restart", down_for = "50ms" }
[[event]]
id = "update"
at = "4s"
do = { kind = "restart", down_for = "50ms", keep_state = true }
"""


def test_a_run_that_stops_and_restarts_replays_to_the_byte(tmp_path: Path) -> None:
    runs: list[RunDirectory] = []

    async def ask(client: Client) -> None:
        with suppress(httpx.TransportError):
            if "8005" in (await client.quote()).text:
                await client.login()

    async def story(client: Client) -> None:
        running = client.running
        await client.login()
        while running.wire_ms < 6_000:
            with suppress(OSError, WebSocketException):
                async with client.socket() as ws:
                    await ws.register("0B", "0D")
                    for _ in range(3):
                        await ask(client)
                        await running.advance("300ms")
                    ws.peer.transport.abort()
            await ask(client)
            await running.advance("100ms")
        assert running.faults().keys() == {"collection", "crash"}
        assert running.directory is not None
        runs.append(running.directory)

    tell(story, STORY, runs=tmp_path)
    (tmp_path / "again").mkdir()
    assert replay(runs[0], tmp_path / "again").differing == ()
