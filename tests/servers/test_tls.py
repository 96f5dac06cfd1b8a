"""Check the TLS door: one port for https and wss, with whatever happens behind it."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable

import httpx
import pytest
from websockets.asyncio.client import connect

from kiwoom_sim.app import Running, serve
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.servers.relay import Relays, reset
from kiwoom_sim.servers.tls import HEAD_BYTES_MAX, TlsDoor, door_of
from tests.servers.doors import KEYS, SMALL, Socket

GET = b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n"
WAIT_S = 20


@pytest.mark.parametrize(
    ("head", "door"),
    [
        (b"POST /oauth2/token HTTP/1.1\r\n", "rest"),
        (b"P", "rest"),
        (b"\x16\x03garbage", "rest"),
        (b"", None),
        (b"GE", None),
        (GET[:20], None),
        (GET % (b"/health", b""), "rest"),
        (GET % (b"/api/dostk/websocket", b""), "ws"),
        (GET % (b"/api/us/websocket?x=1", b""), "ws"),
        (GET % (b"/ws", b"UPGRADE:  WebSocket\r\n"), "ws"),
        (GET % (b"/docs", b"X-Upgrade: websocket\r\n"), "rest"),
        (b"GET / HTTP/1.1\r\n" + b"x" * HEAD_BYTES_MAX, "rest"),
    ],
)
def test_the_first_request_names_the_door(head: bytes, door: str | None) -> None:
    assert door_of(head) == door


def trusting(running: Running) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=running.authority.certificate.decode())


def tell(story: Callable[[Running], Awaitable[None]]) -> None:
    async def run() -> None:
        async with (
            asyncio.timeout(WAIT_S),
            serve(parse_scenario(SMALL), rest_port=0, ws_port=0) as running,
        ):
            await story(running)

    asyncio.run(run())


def test_https_and_wss_share_a_port() -> None:
    async def story(running: Running) -> None:
        context = trusting(running)
        async with httpx.AsyncClient(verify=context, base_url=running.tls_url) as http:
            token = (await http.post("/oauth2/token", json=KEYS)).json()["token"]
            assert (await http.get("/health")).json()["status"] == "healthy"
        url = running.tls_url.replace("https", "wss") + "/api/dostk/websocket"
        async with connect(url, ssl=context) as peer:
            talker = Socket(peer)
            await talker.say(trnm="LOGIN", token=token)
            assert (await talker.hear())["return_code"] == 0

    tell(story)


@pytest.mark.parametrize(
    "name", ["api.kiwoom.com", "mockapi.kiwoom.com", "localhost", "kiwoom-sim"]
)
def test_it_answers_to_every_name(name: str) -> None:
    async def story(running: Running) -> None:
        port = int(running.tls_url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting(running), server_hostname=name
        )
        writer.write(GET % (b"/health", b"Connection: close\r\n"))
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()

    tell(story)


def test_who_does_not_speak_tls_is_turned_away() -> None:
    async def story(running: Running) -> None:
        port = int(running.tls_url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET % (b"/health", b""))
        try:
            answer = await reader.read()
        except ConnectionError:
            answer = b""
        assert b"HTTP" not in answer
        writer.close()
        async with httpx.AsyncClient(verify=trusting(running)) as http:
            assert (await http.get(f"{running.tls_url}/health")).status_code == 200

    tell(story)


def test_a_reset_behind_the_door_is_one_in_front_of_it() -> None:
    async def story(running: Running) -> None:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(4)
            reset(writer.transport)  # type: ignore[arg-type] # a stream's transport is one

        backend = await asyncio.start_server(cut, "127.0.0.1", 0)
        target = backend.sockets[0].getsockname()
        with socket.create_server(("127.0.0.1", 0)) as front:
            async with asyncio.TaskGroup() as tasks:
                relays = Relays(tasks)
                door = TlsDoor(
                    relays, {"rest": target}, running.authority.server_context, asyncio.sleep
                )
                door.serve(front)
                reader, writer = await asyncio.open_connection(
                    *front.getsockname(), ssl=trusting(running), server_hostname="localhost"
                )
                writer.write(b"POST / HTTP/1.1\r\n")
                with pytest.raises(ConnectionResetError):
                    await reader.read()
                writer.close()
                relays.close()
        backend.close()

    tell(story)


def test_clients_that_leave_at_once_leave_nothing_behind() -> None:
    async def story(running: Running) -> None:
        port = int(running.tls_url.rpartition(":")[2])
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting(running), server_hostname="localhost"
        )
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        async with httpx.AsyncClient(verify=trusting(running)) as http:
            assert (await http.get(f"{running.tls_url}/health")).status_code == 200
        while running.doors.relays.legs:  # noqa: ASYNC110 - the server learns it a moment later
            await asyncio.sleep(0.005)

    tell(story)
