"""Check that the proxy lets through what is ours or allowed, and nothing else."""

import asyncio
import socket

import pytest

from kiwoom_sim.launch.proxy import HEAD_BYTES_MAX, Proxy, target_of
from kiwoom_sim.servers.relay import Relays

BROKER, DB = ("127.0.0.1", 5119), ("db.internal", 5432)
CONNECT = "CONNECT %s HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("api.kiwoom.com:443", BROKER),
        ("MOCKAPI.kiwoom.com:10000", BROKER),
        ("api.kiwoom.com:80", None),
        ("db.internal:5432", DB),
        ("db.internal:5433", None),
        ("1.1.1.1:443", None),
        ("example.com:443", None),
    ],
)
def test_a_place_leads_to_us_or_nowhere(place: str, target: object) -> None:
    assert target_of((CONNECT % place).encode(), BROKER, [DB]) == target


@pytest.mark.parametrize(
    "head", [b"", b"GET http://api.kiwoom.com/ HTTP/1.1\r\n\r\n", b"CONNECT x"]
)
def test_other_requests_lead_nowhere(head: bytes) -> None:
    assert target_of(head, BROKER, [DB]) is None


async def told(proxy: tuple[str, int], *parts: bytes) -> bytes:
    """Return all that the proxy, or who is behind it, says."""
    reader, writer = await asyncio.open_connection(*proxy)
    for part in parts:
        writer.write(part)
        await writer.drain()
    if writer.can_write_eof() and parts[-1].endswith(b"!"):
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def test_bytes_pass_once_connected_and_refusals_are_answers() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        writer.close()

    async def story() -> None:
        backend = await asyncio.start_server(echo, "127.0.0.1", 0)
        target = backend.sockets[0].getsockname()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            where = listener.getsockname()
            async with asyncio.TaskGroup() as tasks:
                relays = Relays(tasks)
                Proxy(relays, target, ()).serve(listener)
                ours = (CONNECT % "api.kiwoom.com:443").encode()
                answer = await told(where, ours[:10], ours[10:] + b"hello!")
                assert answer.endswith(b"established\r\n\r\nhello!")
                answer = await told(where, (CONNECT % "example.com:443").encode())
                assert answer.startswith(b"HTTP/1.1 403")
                assert (await told(where, b"x" * (HEAD_BYTES_MAX + 1))).startswith(b"HTTP/1.1 403")
                _, writer = await asyncio.open_connection(*where)
                writer.close()
                await writer.wait_closed()
                relays.close()
        backend.close()

    asyncio.run(story())
