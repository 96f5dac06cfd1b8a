"""Send frames to many WebSocket clients, through the door of the simulator or one by one.

```sh
python -m bench.fan_out shared 50 40     # 50 clients, 40 rounds of frames
python -m bench.fan_out single 50 40     # `await peer.send(text)` for each client
```

Prints `{"frames": ..., "seconds": ...}`: frames that reached a client, and the time until the
last one did. The clients are one other process that only counts bytes.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from itertools import count
from types import SimpleNamespace
from typing import Any

import uvloop
from websockets.asyncio.server import ServerConnection, serve

from kiwoom_sim.faults.effects import NO_FAULT
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.servers.ws import WsDoor

PATH = "/api/dostk/websocket"
FRAMES_A_ROUND = 20
ROW = {
    "type": "0B",
    "name": "주식체결",
    "item": "005930",
    "values": {str(fid): "+70100" for fid in range(10, 46)},
}
FRAME = json.dumps({"trnm": "REAL", "data": [ROW]}, ensure_ascii=False).encode()
HANDSHAKE = (
    f"GET {PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()


class StandInLive:
    """Take the place of a live run: accept every peer, say nothing."""

    def __init__(self, clients: int) -> None:
        self.simulation = SimpleNamespace(parts=SimpleNamespace(metrics=Metrics()))
        self.deliver: Any = None
        self.complete = asyncio.Event()
        self._ordinals = count(1)
        self._clients = clients

    async def connect(self, _path: str, _headers: dict[str, str]) -> tuple[int, Any]:
        """Number a peer; when all are there, the sending may begin."""
        ordinal = next(self._ordinals)
        if ordinal == self._clients:
            asyncio.get_running_loop().call_later(0.05, self.complete.set)
        return ordinal, NO_FAULT

    def message(self, _connection: int, _message: str | bytes) -> None:
        """Ignore what a peer says."""

    def disconnected(self, _connection: int, _code: int) -> None:
        """Ignore that a peer has gone."""


async def shared(clients: int, rounds: int) -> float:
    """Send through the door: a frame is built once, a client gets one write a round."""
    live = StandInLive(clients)
    async with asyncio.TaskGroup() as tasks:
        door = WsDoor(live, {}, tasks)  # type: ignore[arg-type] # stands in for a live run
        server = await door.open(host="127.0.0.1", port=0)
        with counting(server, clients, rounds) as counter:
            await live.complete.wait()
            to = tuple(range(1, clients + 1))
            began = time.perf_counter()
            for _ in range(rounds):
                door.deliver([Outgoing(ms=0, frame=FRAME, to=to)] * FRAMES_A_ROUND)
                await asyncio.sleep(0)
            await asyncio.to_thread(counter.wait, 30)
            took = time.perf_counter() - began
        server.close()
    return took


async def single(clients: int, rounds: int) -> float:
    """Send to each client as the library's users do."""
    peers: list[ServerConnection] = []
    complete = asyncio.Event()

    async def hold(peer: ServerConnection) -> None:
        peers.append(peer)
        if len(peers) == clients:
            complete.set()
        await peer.wait_closed()

    text = FRAME.decode()
    async with serve(hold, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        with counting(server, clients, rounds) as counter:
            await complete.wait()
            began = time.perf_counter()
            for _ in range(rounds):
                for _ in range(FRAMES_A_ROUND):
                    for peer in peers:
                        await peer.send(text)
            await asyncio.to_thread(counter.wait, 30)
            took = time.perf_counter() - began
    return took


@contextlib.contextmanager
def counting(server: Any, clients: int, rounds: int) -> Any:
    """Run the clients in a process of their own; it ends when every byte has arrived."""
    port = server.sockets[0].getsockname()[1]
    total = rounds * FRAMES_A_ROUND * (len(FRAME) + 4)
    words = [sys.executable, "-m", "bench.fan_out", "count", port, clients, total]
    process = subprocess.Popen([str(word) for word in words])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def count_bytes(port: int, clients: int, total: int) -> None:
    """Shake hands and read until every client has its bytes."""

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        missing = total
        while missing > 0:
            data = await reader.read(1 << 18)
            assert data, "the server hung up"
            missing -= len(data)
        writer.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(one())


def main() -> None:
    mode, *numbers = sys.argv[1:]
    if mode == "count":
        port, clients, total = map(int, numbers)
        uvloop.run(count_bytes(port, clients, total))
        return
    clients, rounds = map(int, numbers)
    took = uvloop.run({"shared": shared, "single": single}[mode](clients, rounds))
    print(json.dumps({"frames": clients * rounds * FRAMES_A_ROUND, "seconds": took}))


if __name__ == "__main__":
    main()
