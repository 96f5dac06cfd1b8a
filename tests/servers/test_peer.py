"""Check what becomes of a WebSocket connection that a fault of the network has struck."""

import asyncio

import pytest
from websockets.asyncio.server import Server, serve

from kiwoom_sim.faults.transmission import Transmit
from kiwoom_sim.servers.peer import Peer
from tests.servers.raw import Raw, Seen
from tests.wire.lines import handshake, login


def seen(how: Transmit, last: bytes) -> tuple[Seen, list[object]]:
    """Return what a client sees when its connection is left as told, and what was still heard."""
    heard: list[object] = []

    async def story() -> Seen:
        async def attend(peer: object) -> None:
            assert isinstance(peer, Peer)
            peer.cut_off(last)
            leaving = asyncio.ensure_future(peer.leave(how, lambda ms: asyncio.sleep(ms / 1_000)))
            heard.extend([message async for message in peer])
            await leaving

        server: Server
        async with serve(attend, "127.0.0.1", 0, create_connection=Peer) as server:
            port = server.sockets[0].getsockname()[1]
            async with Raw(f"http://127.0.0.1:{port}") as raw:
                await raw.say(handshake())
                found = await raw.hear(until=len(last) or 1)
                while b"\r\n\r\n" + last not in found.data:
                    found.data += (await raw.hear(until=1)).data
                await raw.say(login("t"))
                return await raw.hear()

    return asyncio.run(story()), heard


@pytest.mark.parametrize(
    ("how", "end"),
    [
        (Transmit(end="close"), "fin"),
        (Transmit(end="hang", hold_ms=50), "fin"),
        (Transmit(end="half_open", hold_ms=50), "reset"),
    ],
)
def test_it_says_its_last_bytes_and_hears_nothing_more(how: Transmit, end: str) -> None:
    found, heard = seen(how, b"last")
    assert (found.end, heard) == (end, [])
