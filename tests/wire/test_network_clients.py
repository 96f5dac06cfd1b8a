"""Show faults of the network to clients that people use, plain and behind TLS."""

import asyncio
import gc
import http.client
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import kiwoom_client
import pytest
import requests
import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidHandshake, InvalidMessage

from tests.servers.raw import BOUND_S, address
from tests.wire.house import SOCKET_PATH, Peer
from tests.wire.lines import DOORS, HEAD, Driven, Lines, scenario

# aiohttp leaves the transport of a TLS line behind whose other side does not say goodbye.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed transport:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

PATH = "/api/dostk/stkinfo"
QUICK_S, SLOW_S = 0.2, 0.6
STORIES = {
    "reset": 'kind = "reset"',
    "vanished": 'kind = "half_open"',
    "vanished-midway": 'kind = "half_open", at = "during"',
    "endless": 'kind = "endless_chunks", every = "20ms"',
    "dripping": 'kind = "slow_body", piece = "100B", every = "40ms"',
    "narrow": 'kind = "bandwidth", per_second = "2000B"',
    "down": 'kind = "listener_down", for = "150ms"',
    "garbage": 'kind = "garbage"',
    "no_answer": 'kind = "no_answer"',
    "hang": 'kind = "hang"',
}
WS_STORIES = ("reset", "vanished", "garbage", "no_answer", "hang", "down")


def text() -> str:
    tables = [HEAD]
    for name, do in STORIES.items():
        tables += [f'[[rule]]\nid = "{name}"\nmatch = {{ "header.x-story" = "{name}" }}']
        tables += [f"do = {{ {do} }}"]
    for name in WS_STORIES:
        for moment, match in (
            ("connect", f'moment = "connect", "header.x-story" = "{name}"'),
            ("message", f'"body.story" = "{name}"'),
        ):
            tables += [f'[[ws]]\nid = "{moment}-{name}"\nmatch = {{ {match} }}']
            tables += [f"do = {{ {STORIES[name]} }}"]
    tables += ['[[ws]]\nid = "cut-push"\nmatch = { moment = "frame", api = "REAL", key = "key#2" }']
    tables += ['when = { nth = 2 }\ndo = { kind = "reset", at = "during" }']
    return "\n".join(tables)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    running = Driven(scenario(tmp_path_factory.mktemp("clients"), text()))
    running.factory = uvloop.new_event_loop
    with running:
        made = Lines(running)
        made.log_in()
        yield made


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Let what a client leaves behind be found here, not in another test."""
    yield
    gc.collect()


Ask = Callable[[Lines, str, str, float], Any]


def by_httpx(lines: Lines, door: str, story: str, timeout_s: float) -> Any:
    with httpx.Client(verify=lines.context, timeout=timeout_s, trust_env=False) as client:
        return client.post(lines.url(door) + PATH, json={}, headers={"x-story": story}).json()


def by_requests(lines: Lines, door: str, story: str, timeout_s: float) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(lines.bundle)
        url = lines.url(door).replace("127.0.0.1", "localhost") + PATH
        return session.post(url, json={}, headers={"x-story": story}, timeout=timeout_s).json()


def by_aiohttp(lines: Lines, door: str, story: str, timeout_s: float) -> Any:
    async def ask() -> Any:
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                lines.url(door) + PATH, json={}, headers={"x-story": story}, ssl=lines.context
            ) as answer,
        ):
            return await answer.json()

    return asyncio.run(ask())


def by_standard(lines: Lines, door: str, story: str, timeout_s: float) -> Any:
    host, port = address(lines.url(door))
    kind = http.client.HTTPConnection
    options: dict[str, Any] = {}
    if door == "https":
        kind, options = http.client.HTTPSConnection, {"context": lines.context}
    connection = kind(host, port, timeout=timeout_s, **options)
    try:
        connection.request("POST", PATH, b"{}", {"x-story": story})
        return connection.getresponse().read()
    finally:
        connection.close()


CLIENTS: tuple[Ask, ...] = (by_httpx, by_requests, by_aiohttp, by_standard)
GAVE_UP = (httpx.ReadTimeout, requests.ReadTimeout, TimeoutError, TimeoutError)
BROKEN = (
    (httpx.ReadError, httpx.RemoteProtocolError),
    requests.ConnectionError,
    aiohttp.ClientError,
    (ConnectionResetError, http.client.HTTPException, ssl.SSLError),
)
REFUSED = (
    httpx.ConnectError,
    requests.ConnectionError,
    aiohttp.ClientConnectorError,
    ConnectionRefusedError,
)


@pytest.mark.parametrize("door", ["rest", "https"])
@pytest.mark.parametrize("story", ["vanished", "vanished-midway"])
def test_clients_give_up_on_a_line_that_is_half_open(lines: Lines, door: str, story: str) -> None:
    before = lines.faults(story)
    for ask, failure in zip(CLIENTS, GAVE_UP, strict=True):
        with pytest.raises((failure, requests.ConnectionError)):
            ask(lines, door, story, QUICK_S)
    assert lines.faults(story) == before + len(CLIENTS)


@pytest.mark.parametrize("door", ["rest", "https"])
@pytest.mark.parametrize("story", ["reset", "garbage", "no_answer"])
def test_clients_fail_at_once_on_a_line_that_breaks(lines: Lines, door: str, story: str) -> None:
    before = lines.faults(story)
    for ask, failure in zip(CLIENTS, BROKEN, strict=True):
        with pytest.raises(failure):
            ask(lines, door, story, BOUND_S)
    # aiohttp asks again by itself when the connection was closed without a byte
    assert lines.faults(story) >= before + len(CLIENTS)


@pytest.mark.parametrize("door", ["rest", "https"])
def test_an_endless_answer_passes_every_time_out_but_that_of_the_whole(
    lines: Lines, door: str
) -> None:
    with pytest.raises(TimeoutError):
        by_aiohttp(lines, door, "endless", QUICK_S)
    began = time.monotonic()
    with (
        httpx.Client(verify=lines.context, timeout=QUICK_S, trust_env=False) as client,
        client.stream("POST", lines.url(door) + PATH, headers={"x-story": "endless"}) as answer,
    ):
        for _ in answer.iter_raw():
            if time.monotonic() - began > 2 * QUICK_S:
                break
    assert time.monotonic() - began > 2 * QUICK_S


@pytest.mark.parametrize("door", ["rest", "https"])
@pytest.mark.parametrize("story", ["dripping", "narrow"])
def test_a_slow_answer_is_whole_for_those_who_wait(lines: Lines, door: str, story: str) -> None:
    plain = by_httpx(lines, door, "", BOUND_S)
    for ask in (by_httpx, by_requests, by_aiohttp):
        began = time.monotonic()
        assert ask(lines, door, story, BOUND_S) == plain
        assert time.monotonic() - began > 0.04


@pytest.mark.parametrize("door", ["rest", "https"])
def test_clients_are_refused_by_a_door_that_is_down(lines: Lines, door: str) -> None:
    for ask, failure in zip(CLIENTS, REFUSED, strict=True):
        with suppress(Exception):
            ask(lines, "rest", "down", BOUND_S)
        with pytest.raises(failure):
            ask(lines, door, "", BOUND_S)
        for _ in range(500):
            with suppress(OSError, httpx.HTTPError):
                assert by_httpx(lines, door, "", BOUND_S)
                break
            time.sleep(0.01)


@pytest.mark.parametrize("door", ["rest", "https"])
def test_clients_give_up_on_a_connection_that_nobody_reads(tmp_path: Path, door: str) -> None:
    moment = {"rest": "connect", "https": "tls"}[door]
    stuck = f'[[rule]]\nid = "stuck"\nmatch = {{ moment = "{moment}" }}\n'
    running = Driven(scenario(tmp_path, HEAD + stuck + 'do = { kind = "accept_hang" }\n'))
    running.factory = uvloop.new_event_loop
    with running:
        made = Lines(running)
        for ask in CLIENTS:
            with pytest.raises((httpx.TimeoutException, requests.Timeout, TimeoutError)):
                ask(made, door, "", QUICK_S)
        assert running.faults()["stuck"] == len(CLIENTS)


def wss(lines: Lines, door: str) -> tuple[str, dict[str, Any]]:
    """Return the URL of a WebSocket door and what clients need for it."""
    if door == "ws":
        return lines.url(door) + SOCKET_PATH, {}
    return lines.url(door).replace("https", "wss") + SOCKET_PATH, {"ssl": lines.context}


def tell(story: Awaitable[None]) -> None:
    async def run() -> None:
        async with asyncio.timeout(20):
            await story

    asyncio.run(run())


HANDSHAKES: dict[str, tuple[type[Exception], ...]] = {
    "reset": (ConnectionResetError, InvalidHandshake),
    "garbage": (InvalidHandshake, InvalidMessage),
    "no_answer": (InvalidHandshake, EOFError),
    "vanished": (TimeoutError,),
    "hang": (TimeoutError,),
    "down": (ConnectionResetError, InvalidHandshake),
}


@pytest.mark.parametrize("door", DOORS[2:])
def test_handshakes_fail_in_websockets_and_aiohttp(lines: Lines, door: str) -> None:
    url, options = wss(lines, door)
    before = {story: lines.faults(f"connect-{story}") for story in HANDSHAKES}

    async def run() -> None:
        for story, failures in HANDSHAKES.items():
            head = {"x-story": story}
            with pytest.raises(failures):
                await connect(
                    url, additional_headers=head, open_timeout=QUICK_S, proxy=None, **options
                )
            await asyncio.sleep(0.3 if story == "down" else 0)
            async with aiohttp.ClientSession() as session:
                with pytest.raises((aiohttp.ClientError, TimeoutError, OSError)):
                    async with asyncio.timeout(QUICK_S):
                        await session.ws_connect(url, headers=head, **options)
            await asyncio.sleep(0.3 if story == "down" else 0)

    tell(run())
    for story, count in before.items():  # aiohttp asks again by itself where nothing was answered
        assert count + 2 <= lines.faults(f"connect-{story}") <= count + 3


@pytest.mark.parametrize("door", DOORS[2:])
def test_connections_end_without_a_close_frame_in_websockets(lines: Lines, door: str) -> None:
    url, options = wss(lines, door)

    async def run() -> None:
        for story in ("reset", "no_answer", "garbage", "down"):
            async with connect(url, proxy=None, ping_interval=None, **options) as peer:
                await Peer(peer).say({"trnm": "LOGIN", "token": "x", "story": story})
                with pytest.raises(ConnectionClosedError) as ended:
                    await peer.recv()
                assert ended.value.rcvd is None
                if story == "reset" and door == "ws":
                    assert isinstance(ended.value.__cause__, ConnectionResetError)
            await asyncio.sleep(0.3 if story == "down" else 0)

    tell(run())


@pytest.mark.parametrize("door", DOORS[2:])
@pytest.mark.parametrize("story", ["vanished", "hang"])
def test_only_its_own_pings_tell_a_client_that_nobody_is_there(
    lines: Lines, door: str, story: str
) -> None:
    url, options = wss(lines, door)

    async def run() -> None:
        async with connect(
            url, proxy=None, ping_interval=0.1, ping_timeout=0.1, close_timeout=0.1, **options
        ) as peer:
            await Peer(peer).say({"trnm": "LOGIN", "token": "x", "story": story})
            with pytest.raises(ConnectionClosedError, match="keepalive ping timeout"):
                await peer.recv()

    tell(run())


def test_kiwoom_client_comes_back_after_a_push_that_broke_off(lines: Lines) -> None:
    async def run() -> None:
        token = list(lines.tokens.values())[1]
        socket = kiwoom_client.KiwoomWebSocket(
            token, ws_url=lines.url("ws") + SOCKET_PATH, reconnect_delay=0.05
        )
        heard: asyncio.Queue[Any] = asyncio.Queue()
        socket.on("0B", heard.put_nowait)
        async with socket, asyncio.TaskGroup() as group:
            listener = group.create_task(socket.listen())
            await socket.subscribe(["0B"], "005930")
            while not lines.faults("cut-push"):
                await heard.get()
            while not heard.empty():
                heard.get_nowait()
            await heard.get()
            socket._running = False
            listener.cancel()

    tell(run())
    assert lines.faults("cut-push") == 1
