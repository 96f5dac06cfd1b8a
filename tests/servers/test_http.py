"""Check that REST connections are numbered and say nothing of the server."""

import asyncio
import socket
from typing import Any

import httpx
import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.http import HttpServer, NumberedProtocol, fits
from kiwoom_sim.servers.sockets import bind
from kiwoom_sim.servers.transmit import send_plainly
from tests.servers.doors import Client, tell
from tests.servers.raw import Raw, refused, request
from tests.servers.test_transmit import REPLY


def test_connections_are_numbered_in_order_of_arrival() -> None:
    async def story(client: Client) -> None:
        seen = []
        accept = client.running.simulation.accept

        def remember(record: object) -> None:
            seen.append(record.conn)  # type: ignore[attr-defined] # a record
            accept(record)  # type: ignore[arg-type] # as above

        client.running.simulation.accept = remember  # type: ignore[method-assign] # a spy
        async with httpx.AsyncClient(base_url=client.running.rest_url) as other:
            for http in (client.http, other, client.http):
                await http.post("/api/dostk/stkinfo")
        assert seen == [1, 2, 1]

    tell(story)


def test_only_the_brokers_headers_are_sent() -> None:
    async def story(client: Client) -> None:
        await client.login()
        reply = await client.quote()
        assert sorted(reply.headers) == [
            "access-control-expose-headers", "api-id", "cont-yn", "content-length",
            "content-type", "next-key",
        ]  # fmt: skip
        assert reply.headers["access-control-expose-headers"] == "api-id,cont-yn,next-key"

    tell(story)


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Stand for an application that reads what it is sent."""
    while (await receive()).get("more_body"):
        pass
    await send_plainly(REPLY, send)


class Plain(HttpServer):
    """Serve with uvicorn's own protocol."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await uvicorn.Server.startup(self, sockets)
        self.ready.set()


def served(story: Any, server: HttpServer) -> Any:
    """Return what a story makes of a server."""

    async def run() -> Any:
        with bind("127.0.0.1", 0, "rest") as sock:
            url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(server.run_on(sock))
                await server.ready.wait()
                try:
                    return await story(url)
                finally:
                    server.should_exit = True

    return asyncio.run(run())


CONVERSATIONS = {
    "two requests": [request(), request("/oauth2/token")],
    "pipelined": [request() + request() + request()],
    "in pieces": [request()[:30], request()[30:]],
    "head": [b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n"],
    "last": [request(connection="close")],
    "old": [b"POST / HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}"],
    "continue": [request(expect="100-continue")],
    "chunked": [b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    "nonsense": [b"\x16\x03\x01\r\n\r\n"],
}


@pytest.mark.parametrize("said", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_answers_without_a_fault_are_uvicorns_to_the_byte(said: list[bytes]) -> None:
    async def story(url: str) -> bytes:
        async with Raw(url) as raw:
            for part in said:
                await raw.say(part)
                await asyncio.sleep(0)
            return (await raw.hear(0.15)).data

    plain = Plain(answer)
    plain.config.http = HttpToolsProtocol
    ours, theirs = served(story, HttpServer(answer)), served(story, plain)
    assert ours == theirs
    assert ours.startswith(b"HTTP/1.1 ")


def test_an_unknown_uvicorn_is_told_apart() -> None:
    class Other(NumberedProtocol):
        def connection_made(self, transport: Any) -> None:
            HttpToolsProtocol.connection_made(self, transport)
            self.app_state = {"connection": 1, "transport": transport}

    async def story() -> None:
        assert fits(NumberedProtocol)
        assert not fits(Other)

    asyncio.run(story())


def test_where_wires_are_hidden_a_plain_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiwoom_sim.servers.http.fits", lambda _: False)

    async def story(client: Client) -> None:
        assert await client.login()
        assert (await client.quote()).status_code == 200

    rule = """
[[rule]]
id = "slow"
match = { path = "/api/*" }
do = { kind = "slow_body", every = "1ms" }
"""
    tell(story, rule)


def test_a_door_that_is_shut_twice_opens_once() -> None:
    server = HttpServer(answer)

    async def story(url: str) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.interrupt(Shut(for_ms=60)))
            await asyncio.sleep(0)
            await server.interrupt(Shut(for_ms=60_000))
            assert await refused(url)
        async with Raw(url) as raw:
            await raw.say(request())
            assert (await raw.hear(0.15)).body == REPLY.body

    served(story, server)


def test_a_door_that_is_shut_at_the_end_stays_shut() -> None:
    server = HttpServer(answer)

    async def story(url: str) -> None:
        asked = asyncio.ensure_future(server.interrupt(Shut(for_ms=60_000)))
        await asyncio.sleep(0)
        server.should_exit = True
        await asked
        assert await refused(url)

    served(story, server)
