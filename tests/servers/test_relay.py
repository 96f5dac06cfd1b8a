"""Check that a relayed connection is what a direct one would be: bytes, ends and resets."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from kiwoom_sim.servers.relay import Relays, reset

WAIT_S = 10
MUCH = bytes(range(256)) * 80_000
SMALL_BYTES = 65_536

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def runner(request: pytest.FixtureRequest) -> Callable[[Awaitable[None]], None]:
    loops = pytest.importorskip(request.param)

    def run(story: Awaitable[None]) -> None:
        async def timed() -> None:
            async with asyncio.timeout(WAIT_S):
                await story

        with asyncio.Runner(loop_factory=loops.new_event_loop) as loop:
            loop.run(timed())

    return run


@asynccontextmanager
async def relayed(serve: Serve | None) -> AsyncIterator[int]:
    """Relay to a server, or to a port where nobody listens; yield the relay's port."""
    with socket.create_server(("127.0.0.1", 0)) as front:
        back = socket.create_server(("127.0.0.1", 0))
        for listener in (front, back):  # connections inherit it: little fits between two ends
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BYTES)
        backend = await asyncio.start_server(serve or echo, sock=back)
        target = back.getsockname()
        if serve is None:
            backend.close()
        async with asyncio.TaskGroup() as tasks:
            relays = Relays(tasks)
            relays.relay(front, target)
            try:
                yield front.getsockname()[1]
            finally:
                relays.close()
                backend.close()
        await asyncio.sleep(0)
        assert relays.legs == set()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer everything at the end of the input, which only a half-closed connection can tell."""
    writer.write(await reader.read())
    writer.close()


def test_bytes_and_half_closed_ends_pass(runner: Callable[[Awaitable[None]], None]) -> None:
    async def story() -> None:
        async with relayed(echo) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(MUCH)
            writer.write_eof()
            assert await reader.read() == MUCH
            writer.close()

    runner(story())


def test_a_reset_of_the_server_reaches_the_client(
    runner: Callable[[Awaitable[None]], None],
) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        reset(writer.transport)  # type: ignore[arg-type] # a stream's transport is one

    async def story() -> None:
        async with relayed(cut) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x")
            with pytest.raises(ConnectionResetError) as caught:
                await reader.read()
            assert caught.value.errno == errno.ECONNRESET
            writer.close()

    runner(story())


def test_a_reset_of_the_client_reaches_the_server(
    runner: Callable[[Awaitable[None]], None],
) -> None:
    async def story() -> None:
        seen: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        greeted = asyncio.Event()

        async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(1)
            greeted.set()
            try:
                await reader.read()
            except ConnectionError as error:
                seen.set_result(error)
            writer.close()

        async with relayed(watch) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x")
            await greeted.wait()
            reset(writer.transport)  # type: ignore[arg-type] # a stream's transport is one
            assert isinstance(await seen, ConnectionResetError)

    runner(story())


def test_a_client_of_a_closed_door_is_reset(runner: Callable[[Awaitable[None]], None]) -> None:
    async def story() -> None:
        async with relayed(None) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()

    runner(story())


def test_who_does_not_read_is_not_read_for(runner: Callable[[Awaitable[None]], None]) -> None:
    async def story() -> None:
        may_read, received = asyncio.Event(), bytearray()

        async def lazy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await may_read.wait()
            received.extend(await reader.read())
            writer.close()

        async with relayed(lazy) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.transport.set_write_buffer_limits(high=0)
            writer.write(MUCH)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(writer.drain(), 0.2)
            may_read.set()
            await writer.drain()
            writer.write_eof()
            await reader.read()
            assert received == MUCH
            writer.close()

    runner(story())


def test_closing_drops_what_is_open(runner: Callable[[Awaitable[None]], None]) -> None:
    async def story() -> None:
        served: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

        async def keep(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await served.put(writer)

        async with relayed(keep) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x")
            kept = await served.get()
        with suppress(ConnectionError):  # which, or a plain end, is how it is dropped
            assert await reader.read() == b""
        writer.close()
        kept.close()

    runner(story())
