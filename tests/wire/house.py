"""Keep a simulator running in a thread, and talk to it through real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect

from kiwoom_sim.testing.background import BackgroundSimulator

WAIT_S = 60
SOCKET_PATH = "/api/dostk/websocket"
_keys = count(1)


class House(Struct, kw_only=True):
    """Hold where a running simulator listens."""

    rest_url: str
    ws_url: str
    control_url: str = ""
    stop: Callable[[], None]

    def where(self, url: str) -> tuple[str, int]:
        """Return host and port of one of the doors."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port


@contextmanager
def simulator(scenario: str, **changes: object) -> Iterator[House]:
    """Run a shipped scenario with changed values until the block ends, or `stop` is called."""
    with BackgroundSimulator(scenario, changes) as running:
        yield House(
            rest_url=running.rest_url,
            ws_url=running.ws_url,
            control_url=running.control_url,
            stop=lambda: running.__exit__(None, None, None),
        )


def new_key() -> str:
    """Return an app key that no other test uses, with limits and sessions of its own."""
    return f"key-of-test-{next(_keys)}"


class Client:
    """Call the REST door as a plain client does."""

    def __init__(self, house: House, key: str = "") -> None:
        self.http = httpx.Client(base_url=house.rest_url, timeout=WAIT_S, trust_env=False)
        self.key = key or new_key()
        self.token = ""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def keys(self) -> dict[str, str]:
        return {"grant_type": "client_credentials", "appkey": self.key, "secretkey": "secret"}

    def login(self, **headers: str) -> httpx.Response:
        """Ask for a token and keep it."""
        answer = self.http.post("/oauth2/token", json=self.keys, headers=headers)
        self.token = answer.json().get("token", "")
        return answer

    def call(self, api_id: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Call an API; header names are written with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        standard = {"authorization": f"Bearer {self.token}", "api-id": api_id}
        return self.http.post(path, json=body or {}, headers={**standard, **named})

    def quote(self, **headers: str) -> httpx.Response:
        return self.call("ka10001", "/api/dostk/stkinfo", {"stk_cd": "005930"}, **headers)


@contextmanager
def client(house: House) -> Iterator[Client]:
    """Return a client that holds a token of a new app key."""
    with Client(house) as made:
        made.login()
        yield made


def token_of(house: House) -> str:
    """Return a token of a new app key."""
    with client(house) as made:
        return made.token


async def raw_exchange(where: tuple[str, int], request: bytes) -> tuple[bytes, bytes]:
    """Send bytes to the REST door and return head and body of the answer."""
    async with asyncio.timeout(WAIT_S):
        reader, writer = await asyncio.open_connection(*where)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [
            line.partition(b":")[2]
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        body = await reader.readexactly(int(sizes[0])) if sizes else b""
        writer.close()
        await writer.wait_closed()
    return head, body


class Peer:
    """Speak with the WebSocket door, frame by frame."""

    def __init__(self, socket: ClientConnection, *, answers_pings: bool = True) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self._answers_pings = answers_pings

    async def say(self, message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """Return the next frame; a PING is answered on the way unless told otherwise."""
        async with asyncio.timeout(WAIT_S):
            text = await self.socket.recv()
        assert isinstance(text, str), "frames are text"
        message = json.loads(text)
        assert isinstance(message, dict)
        self.heard.append(message)
        if message["trnm"] == "PING" and self._answers_pings:
            await self.socket.send(text)
        return message

    async def hear_until(self, name: str) -> dict[str, Any]:
        """Return the next frame of that name; the others are in `heard`."""
        while (message := await self.hear())["trnm"] != name:
            pass
        return message

    async def rows(self, amount: int) -> list[dict[str, Any]]:
        """Return the next rows of REAL frames."""
        found: list[dict[str, Any]] = []
        while len(found) < amount:
            found += (await self.hear_until("REAL"))["data"]
        return found

    async def quiet(self, pings: int = 3) -> list[dict[str, Any]]:
        """Return the REAL frames that come while the server says PING so often."""
        seen = len(self.heard)
        for _ in range(pings):
            await self.hear_until("PING")
        return [message for message in self.heard[seen:] if message["trnm"] == "REAL"]


@asynccontextmanager
async def peer(
    house: House, *, path: str = SOCKET_PATH, answers_pings: bool = True, **options: Any
) -> AsyncIterator[Peer]:
    """Return a peer whose socket is open; nothing is said yet."""
    # A client that stops listening with a full queue would take its full time-out to close.
    quiet = {"ping_interval": None, "compression": None, "proxy": None, "max_queue": None}
    settings = {**quiet, **options}
    async with connect(house.ws_url + path, **settings) as socket:
        yield Peer(socket, answers_pings=answers_pings)


@asynccontextmanager
async def logged_in(house: House, **options: Any) -> AsyncIterator[Peer]:
    """Return a peer that has logged in with a new app key."""
    token = await asyncio.to_thread(token_of, house)
    async with peer(house, **options) as made:
        await made.say({"trnm": "LOGIN", "token": token})
        assert (await made.hear())["return_code"] == 0
        yield made


def registration(
    items: list[str], types: list[str], name: str = "REG", **more: str
) -> dict[str, Any]:
    """Return a REG or REMOVE message with `refresh` "1" unless another is given."""
    head = {"trnm": name, "grp_no": "1", "refresh": "1", **more}
    return {**head, "data": [{"item": items, "type": types}]}
