"""Meet the same fault of the network at every door: plain and TLS, REST and WebSocket."""

import asyncio
import json
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from typing_extensions import override
from websockets.frames import Frame, Opcode

from kiwoom_sim.testing.background import BackgroundSimulator
from tests.servers.raw import Raw, Seen
from tests.wire.house import SOCKET_PATH, Client, House

DOORS = ("rest", "https", "ws", "wss")
SILENCE_S = 0.12
"""For how long a connection has to be silent to count as open; the fault would speak at once."""

HEAD = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
session = "always-open"
[market]
symbols = ["005930", "000660"]
"""
KINDS = {
    "plain": "",
    **{
        f"{kind}-{at}": f'kind = "{kind}", at = "{at}"'
        for kind, moments in (
            ("reset", ("before", "during", "after")),
            ("no_answer", ("before", "after")),
            ("hang", ("before", "after")),
            ("half_open", ("before", "during", "after")),
            ("garbage", ("before", "after")),
        )
        for at in moments
    },
}
BRIEF = {
    "hang": 'kind = "hang", for = "40ms"',
    "half_open": 'kind = "half_open", for = "40ms"',
}
"""Faults by the name that a request, handshake or message asks for them with."""


def rules() -> str:
    """Return a scenario in which a client asks for the fault that it wants."""
    lines = [HEAD]
    for ordinal, (name, do) in enumerate({**KINDS, **BRIEF}.items(), 1):
        if not do:
            continue
        for table, where, match in (
            ("rule", "request", f'"header.x-story" = "{name}"'),
            ("ws", "connect", f'moment = "connect", "header.x-story" = "{name}"'),
            ("ws", "message", f'moment = "message", "body.story" = "{name}"'),
            ("ws", "frame", f'moment = "frame", api = "LOGIN", key = "key#{ordinal}"'),
        ):
            lines += [f"[[{table}]]", f'id = "{where}-{name}"', f"match = {{ {match} }}"]
            lines += [f"do = {{ {do} }}"]
    return "\n".join(lines)


class Driven(BackgroundSimulator):
    """Run on the event loop that a factory makes."""

    factory: Callable[[], asyncio.AbstractEventLoop] | None = None

    @override
    def _main(self) -> None:
        try:
            with asyncio.Runner(loop_factory=self.factory) as runner:
                runner.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits
            self._failure = failure
        finally:
            self._started.set()


class Lines:
    """Hold a simulator and lines to all of its doors."""

    def __init__(self, running: BackgroundSimulator) -> None:
        self.running = running
        self.house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        authority = running.running.authority
        self.context = ssl.create_default_context(cadata=authority.certificate.decode())
        self.bundle = Path(tempfile.mkdtemp()) / "ca.pem"
        self.bundle.write_bytes(authority.certificate)
        self.tokens: dict[str, str] = {}

    def log_in(self) -> Self:
        """Get a token for every story, so that a story has an app key of its own."""
        for name in (*KINDS, *BRIEF):
            with Client(self.house, key=name) as client:
                client.login()
                self.tokens[name] = client.token
                if len(self.tokens) == 1:
                    client.quote()  # the first takes longer than a silence
        return self

    def url(self, door: str) -> str:
        if door in {"https", "wss"}:
            return self.running.running.tls_url
        return self.running.rest_url if door == "rest" else self.running.ws_url

    def faults(self, rule: str) -> int:
        return self.running.faults().get(rule, 0)

    @contextmanager
    def line(self, door: str) -> Iterator[Raw]:
        """Return an open line to a door, to be used without an event loop."""
        raw = Raw(self.url(door), self.context if door in {"https", "wss"} else None)
        try:
            raw._connect()
            yield raw
        finally:
            raw._sock.close()


def request(story: str, token: str = "") -> bytes:
    """Return a quote request that asks for a fault."""
    body = json.dumps({"stk_cd": "005930"}).encode()
    head = (
        "POST /api/dostk/stkinfo HTTP/1.1", "host: x", f"content-length: {len(body)}",
        "api-id: ka10001", f"authorization: Bearer {token}", f"x-story: {story}",
    )  # fmt: skip
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def handshake(story: str = "plain") -> bytes:
    """Return a WebSocket handshake that asks for a fault."""
    return (
        f"GET {SOCKET_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"x-story: {story}\r\n\r\n"
    ).encode()


def login(token: str, story: str = "plain") -> bytes:
    """Return the frame of a LOGIN that asks for a fault."""
    message = {"trnm": "LOGIN", "token": token, "story": story}
    return Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True)


def shaken(raw: Raw) -> None:
    """Make a plain handshake and read its answer."""
    raw._send(handshake())
    seen = Seen()
    while not seen.data.endswith(b"\r\n\r\n"):
        seen.data += raw._receive()
    assert seen.head.startswith(b"HTTP/1.1 101 ")


def ask(lines: Lines, raw: Raw, moment: str, story: str) -> None:
    """Say what a fault strikes: a request, a handshake, a message, or what has a frame said."""
    if moment == "request":
        raw._send(request(story, lines.tokens[story]))
    elif moment == "connect":
        raw._send(handshake(story))
    else:
        shaken(raw)
        told = story if moment == "message" else "plain"
        raw._send(login(lines.tokens[story], told))


def moments(door: str) -> tuple[str, ...]:
    return ("request",) if door in {"rest", "https"} else ("connect", "message", "frame")


def scenario(directory: Path, text: str) -> Path:
    """Return a file with a scenario."""
    file = directory / "lines.toml"
    file.write_text(text, encoding="utf-8")
    return file


def decoded(frame: bytes) -> dict[str, Any]:
    """Return the JSON object in an unmasked text frame."""
    size = 4 if frame[1] == 126 else 2
    message: dict[str, Any] = json.loads(frame[size:])
    return message
