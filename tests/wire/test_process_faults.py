"""Show what befalls the whole service to raw sockets and real clients: stops and restarts."""

import asyncio
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect

from tests.servers.doors import Client, Socket, tell, until
from tests.servers.raw import Raw, Seen, request

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
