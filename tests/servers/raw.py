"""Speak to a door byte by byte, and see how a connection really ends."""

import asyncio
import errno
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

BOUND_S = 5.0
TOKEN_FREE = "/api/dostk/stkinfo"


@dataclass
class Seen:
    """Hold what came back.

    Attributes:
        data: Every byte.
        end: "fin", "reset", "open" (nothing more came for as long as was waited), or "refused".
    """

    data: bytes = b""
    end: str = "open"

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str:
        lines = dict(line.split(": ", 1) for line in self.head.decode().split("\r\n")[1:])
        return lines.get(name, "")


def address(url: str) -> tuple[str, int]:
    """Return where a base URL points."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def request(path: str = TOKEN_FREE, **headers: str) -> bytes:
    """Return a POST as a client puts it on the wire."""
    body = json.dumps({"stk_cd": "005930"}).encode()
    lines = [f"POST {path} HTTP/1.1", "host: x", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Raw:
    """Hold one blocking socket, used from the event loop."""

    def __init__(self, url: str) -> None:
        self._address = address(url)
        self._sock = socket.socket()

    async def __aenter__(self) -> "Raw":
        try:
            await asyncio.to_thread(self._connect)
        except OSError:
            self._sock.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._sock.close()

    def _connect(self) -> None:
        self._sock.settimeout(BOUND_S)
        self._sock.connect(self._address)

    async def say(self, data: bytes) -> None:
        await asyncio.to_thread(self._sock.sendall, data)

    async def hear(self, for_s: float = BOUND_S, until: int = 1 << 20) -> Seen:
        """Read until so many bytes came, the other side ended it, or it was silent for a while."""
        return await asyncio.to_thread(self._read, for_s, until)

    def finish(self) -> None:
        """Say that nothing more will be sent (FIN)."""
        self._sock.shutdown(socket.SHUT_WR)

    def _read(self, for_s: float, until: int) -> Seen:
        seen = Seen()
        self._sock.settimeout(for_s)
        while len(seen.data) < until:
            try:
                part = self._sock.recv(65_536)
            except TimeoutError:
                return seen
            except OSError as error:
                if error.errno != errno.ECONNRESET:
                    raise
                seen.end = "reset"
                return seen
            if not part:
                seen.end = "fin"
                return seen
            seen.data += part
        return seen


async def refused(url: str) -> bool:
    """Say whether a new connection is refused, or reset because its door is closing just now."""
    try:
        async with Raw(url):
            return False
    except (ConnectionRefusedError, ConnectionResetError):
        return True
