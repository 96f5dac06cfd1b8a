"""Send one HTTP request over and over on a few connections, and count the answers.

```sh
python -m bench.load 127.0.0.1 5116 8 1.5 < request.http
```

Prints `{"answers": 12345, "seconds": 1.5}`. Loopback only; it stops after the time given.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

SECONDS_MAX = 10


class Caller(asyncio.Protocol):
    """Keep one request under way on one connection."""

    def __init__(self, request: bytes, until: float) -> None:
        self.answers = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._until = until
        self._missing = 0
        self._head = b""

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; a complete one calls for the next request."""
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, end, body = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(self._head.decode(errors="replace")))
                self._transport.abort()
                return
            size = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._missing, self._head = int(size) - len(body), b""
        if self._missing == 0:
            self.answers += 1
            if time.perf_counter() < self._until:
                self._transport.write(self._request)
            elif not self.done.done():
                self.done.set_result(None)
                self._transport.close()

    def connection_lost(self, problem: Exception | None) -> None:
        """Fail if the server hung up before the end."""
        if not self.done.done():
            self.done.set_exception(problem or ConnectionError("the server hung up"))


async def load(host: str, port: int, connections: int, seconds: float, request: bytes) -> int:
    until = time.perf_counter() + min(seconds, SECONDS_MAX)
    loop = asyncio.get_running_loop()
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(lambda: Caller(request, until), host, port)
        callers.append(caller)
    async with asyncio.timeout(SECONDS_MAX + 10):
        await asyncio.gather(*(caller.done for caller in callers))
    return sum(caller.answers for caller in callers)


def main() -> None:
    host, port, connections, seconds = sys.argv[1:]
    if not host.startswith("127."):
        sys.exit("loopback only")
    request = sys.stdin.buffer.read()
    began = time.perf_counter()
    answers = uvloop.run(load(host, int(port), int(connections), float(seconds), request))
    print(json.dumps({"answers": answers, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
