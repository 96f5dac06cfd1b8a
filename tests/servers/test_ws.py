"""Check the WebSocket door: plain HTTP beside it, handshakes, slow readers."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kiwoom_sim.faults.effects import Delay, Injection, Plan, Reply
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.servers import ws
from tests.servers.doors import Client, Socket, tell, until


def test_health_and_counters_answer_get_and_head() -> None:
    async def story(client: Client) -> None:
        base = client.running.ws_url.replace("ws://", "http://")
        async with httpx.AsyncClient(base_url=base) as http:
            for path in ("/", "/health", "/stats"):
                shown = await http.get(path)
                assert shown.json()["status"] == ("healthy" if path == "/health" else "running")
                head = await http.head(path)
                assert (head.status_code, head.content) == (200, b"")
            assert (await http.get("/nowhere")).status_code == 404
            assert (await http.get("/api/dostk/websocket")).status_code == 426

    tell(story)


@pytest.mark.parametrize("broadcasting", [True, False])
def test_counters_say_who_is_connected_and_whether_rounds_are_sent(broadcasting: bool) -> None:
    async def story(client: Client) -> None:
        await client.login()
        async with client.socket():
            url = client.running.ws_url.replace("ws://", "http://")
            shown = (await client.http.get(f"{url}/stats")).json()
            assert (shown["active_connections"], shown["broadcasting"]) == (1, broadcasting)

    tell(story, f"[ralph]\nenabled = {str(broadcasting).lower()}\n")


def test_other_paths_are_no_websockets() -> None:
    async def story(client: Client) -> None:
        async with connect(f"{client.running.ws_url}/api/us/websocket"):
            pass
        with pytest.raises(InvalidStatus):
            await connect(f"{client.running.ws_url}/nowhere")

    tell(story)


def test_a_handshake_can_be_refused_with_a_page() -> None:
    page = Reply(status=503, body=b"busy", content_type="text/html")
    plan = Plan(
        injections=(
            Injection(fault_id="f1", rule="r", kind="k", effect=Delay(1)),
            Injection(fault_id="f2", rule="r", kind="k", effect=page),
        )
    )

    async def story(client: Client) -> None:
        async def refuse(*_: object) -> tuple[int, Plan]:
            return 1, plan

        client.running.live.connect = refuse  # type: ignore[method-assign] # stands for a rule
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{client.running.ws_url}/api/dostk/websocket")
        response = refused.value.response
        assert (response.status_code, response.body) == (503, b"busy")
        assert response.headers["Content-Type"] == "text/html"

    tell(story)


def test_a_connection_is_counted_and_forgotten() -> None:
    async def story(client: Client) -> None:
        metrics = client.running.simulation.parts.metrics
        await client.login()
        async with client.socket():
            assert (metrics.connections, metrics.connections_total) == (1, 1)
        await until(lambda: metrics.connections == 0)

    tell(story)


def test_a_peer_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws, "BUFFER_BYTES_MAX", 100_000)

    async def story(client: Client) -> None:
        await client.login()
        metrics = client.running.simulation.parts.metrics
        async with client.socket() as socket:
            socket.peer.transport.pause_reading()
            flood = Outgoing(ms=0, to=(1,), frame=b"x" * 1_000_000)
            while not metrics.dropped:
                client.running.live.deliver([flood])
                await asyncio.sleep(0.001)
            socket.peer.transport.resume_reading()
            with pytest.raises((ConnectionClosed, ValueError)):
                await socket.hear()

    tell(story)


def test_a_client_of_older_mocks_is_welcomed_at_once() -> None:
    async def story(client: Client) -> None:
        async with connect(f"{client.running.ws_url}/ws") as peer:
            socket = Socket(peer)
            assert (await socket.hear())["type"] == "connected"
            await peer.send("{")
            assert (await socket.hear())["type"] == "error"
            await peer.send(b'{"type": "ping"}')
            assert (await socket.hear())["type"] == "pong"
            await (await peer.ping())

    tell(story, '[ralph]\ninterval = "60s"\n')


def test_what_is_said_during_a_handshake_comes_after_it() -> None:
    async def story(client: Client) -> None:
        async with connect(f"{client.running.ws_url}/ws") as peer:
            socket = Socket(peer)
            heard = [(await socket.hear())["type"] for _ in range(4)]
        assert heard == ["connected", "realtime_price", "realtime_price", "realtime_price"]
        assert client.running.simulation.parts.metrics.faults == {("slow", "latency"): 1}

    slow = """
[[ws]]
id = "slow"
match = { moment = "connect", path = "/ws" }
do = { kind = "latency", delay = "150ms" }
[ralph]
interval = "50ms"
vcp = "0%"
closing_bet = "0%"
"""
    tell(story, slow)


def test_a_welcome_can_be_the_last_word() -> None:
    async def story(client: Client) -> None:
        async with connect(f"{client.running.ws_url}/ws") as peer:
            assert await Socket(peer).goodbye() == (1011, "busy")
        board = client.running.simulation.parts.sockets._board
        await until(lambda: not board.connections())

    cut = """
[[ws]]
id = "cut"
match = { moment = "frame", api = "connected" }
do = { kind = "disconnect", code = 1011, reason = "busy" }
"""
    tell(story, cut)


def test_a_peer_that_is_lost_in_its_handshake_leaves_no_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Watched(ws.Peer):
        gone = asyncio.Event()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self.gone.set()

    async def story(client: Client) -> None:
        live = client.running.live
        taken = live.connect

        async def slow(path: str, headers: dict[str, str]) -> tuple[int, Plan]:
            found = await taken(path, headers)
            peer.close()
            await Watched.gone.wait()
            return found

        live.connect = slow  # type: ignore[method-assign] # stands for a slow handshake
        host, port = client.running.ws_url.removeprefix("ws://").split(":")
        reader, peer = await asyncio.open_connection(host, int(port))
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        peer.write(
            f"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert await reader.read() == b""
        board = client.running.simulation.parts.sockets._board
        metrics = client.running.simulation.parts.metrics
        await until(lambda: metrics.connections_total == 1 and not board.connections())

    monkeypatch.setattr(ws, "Peer", Watched)
    tell(story)


def test_where_the_dialect_is_off_its_path_is_not_there() -> None:
    async def story(client: Client) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{client.running.ws_url}/ws")
        assert refused.value.response.status_code == 404

    tell(story, "[ralph]\nenabled = false\n")


def test_the_end_of_the_run_says_goodbye_on_every_path() -> None:
    async def story(client: Client) -> None:
        async with connect(f"{client.running.ws_url}/ws") as peer:
            await Socket(peer).hear()
            await client.running.live.stop("stop")
            assert await Socket(peer).goodbye() == (1001, "")

    tell(story)
