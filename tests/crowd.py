"""Be a crowd of clients at full speed, who bear whatever trouble they are given and come back."""

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

REST_PATIENCE_S = 0.5
SOCKET_PATIENCE_S = 3.0
RETRY_S = 0.05
CODES = ("005930", "000660", "035420", "005380")
CHART = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
CALLS = (
    ("ka10001", "/api/dostk/stkinfo", {"stk_cd": "005930"}),
    ("ka10081", "/api/dostk/chart", CHART),
    ("ka10099", "/api/dostk/stkinfo", {"mrkt_tp": "0"}),
    ("ka10004", "/api/dostk/mrkcond", {"stk_cd": "000660"}),
)  # fmt: skip


class Crowd:
    """Hold clients of both doors, each an app key of its own.

    Attributes:
        seen: What they saw: answers by status ("200"), ends by name, frames, handshakes.
    """

    def __init__(self, rest: str, ws: str) -> None:
        self.seen: Counter[str] = Counter()
        self._rest, self._ws = urlsplit(rest), ws
        self._until = 0.0

    async def press(self, for_s: float, callers: int, listeners: int) -> None:
        """Ask and listen for so long, then leave."""
        self._until = time.monotonic() + for_s
        async with asyncio.TaskGroup() as tasks:
            for number in range(callers):
                tasks.create_task(self._call(f"caller-{number}"))
            for number in range(listeners):
                tasks.create_task(self._listen(f"listener-{number}"))

    def _is_on(self) -> bool:
        return time.monotonic() < self._until

    async def _call(self, key: str) -> None:
        token, number = "", 0
        while self._is_on():
            writer = None
            try:
                async with asyncio.timeout(REST_PATIENCE_S):
                    reader, writer = await asyncio.open_connection(
                        self._rest.hostname, self._rest.port
                    )
                while self._is_on():
                    api, path, body = CALLS[number % len(CALLS)]
                    number += 1
                    if not token:
                        token = await self._token(key, reader, writer)
                        continue
                    status, answer = await self._ask(api, path, body, token, reader, writer)
                    self.seen[str(status)] += 1
                    if b"8005" in answer or b"8010" in answer:
                        token = ""
            except (OSError, asyncio.IncompleteReadError, ValueError) as end:
                self.seen[type(end).__name__] += 1
                await asyncio.sleep(RETRY_S)
            finally:
                if writer is not None:
                    writer.transport.abort()

    async def _token(
        self, key: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> str:
        keys = {"grant_type": "client_credentials", "appkey": key, "secretkey": "s"}
        status, answer = await self._ask("", "/oauth2/token", keys, "", reader, writer)
        self.seen[str(status)] += 1
        return str(json.loads(answer).get("token", "")) if status == 200 else ""

    async def _ask(
        self,
        api: str,
        path: str,
        body: dict[str, str],
        token: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> tuple[int, bytes]:
        """Send a request; raise OSError or ValueError where the answer is no answer."""
        text = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(text)}\r\n"
        head += f"api-id: {api}\r\nauthorization: Bearer {token}\r\n\r\n" if api else "\r\n"
        async with asyncio.timeout(REST_PATIENCE_S):
            writer.write(head.encode() + text)
            lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            status = int(lines[0].split()[1])
            sizes = [line[15:] for line in lines if line.startswith(b"content-length:")]
            if not sizes:
                raise ValueError("no length")
            return status, await reader.readexactly(int(sizes[0]))

    async def _listen(self, key: str) -> None:
        while self._is_on():
            try:
                async with asyncio.timeout(REST_PATIENCE_S):
                    reader, writer = await asyncio.open_connection(
                        self._rest.hostname, self._rest.port
                    )
                try:
                    token = await self._token(key, reader, writer)
                finally:
                    writer.transport.abort()
                async with connect(
                    self._ws + "/api/dostk/websocket", compression=None, ping_interval=None,
                    open_timeout=SOCKET_PATIENCE_S, close_timeout=0.2, max_queue=None, proxy=None,
                ) as socket:  # fmt: skip
                    self.seen["handshake"] += 1
                    await self._hear(socket, token)
            except (OSError, WebSocketException, ValueError, asyncio.IncompleteReadError) as end:
                self.seen[type(end).__name__] += 1
                await asyncio.sleep(RETRY_S)

    async def _hear(self, socket: ClientConnection, token: str) -> None:
        data = [{"item": list(CODES), "type": ["0B", "0D"]}]
        await socket.send(json.dumps({"trnm": "LOGIN", "token": token}))
        while self._is_on():
            async with asyncio.timeout(SOCKET_PATIENCE_S):
                text = await socket.recv()
            self.seen["frame"] += 1
            assert isinstance(text, str)
            if '"PING"' in text:
                await socket.send(text)
            elif '"LOGIN"' in text:
                message = {"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data}
                await socket.send(json.dumps(message))
        with suppress(WebSocketException):
            await socket.close()
