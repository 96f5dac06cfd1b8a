"""Speak to a door byte by byte, and see how a connection really ends."""

import asyncio
import errno
import json
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
BOUND_S = 5.0
TOKEN_FREE = "/api/dostk/stkinfo"


@dataclass
class Seen:
    """Hold what came back.

    Attributes:
        data: Every byte.
        end: "fin" (with TLS: after its goodbye), "reset", "open" (nothing more came for as long
            as was waited), or "ragged" (with TLS: FIN without a goodbye).
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
    """Hold one blocking socket, used from the event loop; its methods with `_` from a thread.

    Args:
        url: Where to connect to.
        context: Speaks TLS; None = plain.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        self._address = address(url)
        self._context = context
        self._sock = socket.socket()
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None

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
        if self._context is not None:
            self._tls = self._context.wrap_bio(self._in, self._out, server_hostname="localhost")
            self._patiently(self._tls.do_handshake)

    async def say(self, data: bytes) -> None:
        await asyncio.to_thread(self._send, data)

    async def hear(self, for_s: float = BOUND_S, until: int = 1 << 20) -> Seen:
        """Read until so many bytes came, the other side ended it, or it was silent for a while."""
        return await asyncio.to_thread(self._read, for_s, until)

    def finish(self) -> None:
        """Say that nothing more will be sent (FIN)."""
        self._sock.shutdown(socket.SHUT_WR)

    def _send(self, data: bytes) -> None:
        if self._tls is not None:
            self._tls.write(data)
            data = self._out.read()
        self._sock.sendall(data)

    def _receive(self) -> bytes:
        """Return what comes next; b"" = the other side ended it."""
        if self._tls is None:
            return self._sock.recv(65_536)
        tls = self._tls
        with suppress(ssl.SSLZeroReturnError):
            return self._patiently(lambda: tls.read(65_536))
        return b""

    def _patiently(self, act: Callable[[], T]) -> T:
        """Do something with TLS, and see by errno how the line below it ends.

        A TLS socket of Python would tell a reset like an end without a goodbye.
        """
        while True:
            try:
                done = act()
            except ssl.SSLWantReadError:
                self._flush()
            else:
                self._flush()
                return done
            data = self._sock.recv(65_536)
            self._in.write(data)
            if not data:
                self._in.write_eof()

    def _flush(self) -> None:
        data = self._out.read()
        if data:
            self._sock.sendall(data)

    def _read(self, for_s: float, until: int) -> Seen:
        seen = Seen()
        self._sock.settimeout(for_s)
        while len(seen.data) < until:
            try:
                part = self._receive()
            except TimeoutError:
                return seen
            except ssl.SSLEOFError:
                seen.end = "ragged"
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
