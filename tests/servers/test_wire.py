"""Check what stands between a protocol and its transport."""

import asyncio
import socket
from typing import Any

from kiwoom_sim.servers.wire import Wire


class FakeTransport:
    """Remember what is done with it."""

    def __init__(self, sock: Any = None) -> None:
        self.written: list[bytes] = []
        self.options: list[tuple[Any, ...]] = []
        self.sock = sock
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def get_extra_info(self, _name: str) -> Any:
        return self.sock

    def set_write_buffer_limits(self, high: int) -> None:
        self.options.append(("limit", high))

    def setsockopt(self, *option: Any) -> None:
        self.options.append(option)


def wire_of(transport: FakeTransport) -> Wire:
    return Wire(transport)  # type: ignore[arg-type] # as much of it as is used


def test_bytes_go_straight_through_unless_they_are_captured() -> None:
    async def story() -> None:
        transport = FakeTransport()
        wire = wire_of(transport)
        wire.write(b"a")
        with wire.captured() as held:
            wire.write(b"b")
            wire.write(b"c")
        wire.write(b"d")
        assert (bytes(held), transport.written) == (b"bc", [b"a", b"d"])
        assert wire.options == []

    asyncio.run(story())


def test_a_reset_lingers_for_nothing() -> None:
    async def story() -> None:
        transport = FakeTransport()
        transport.sock = transport
        wire = wire_of(transport)
        wire.reset()
        assert transport.aborted
        ((level, name, value),) = transport.options
        assert (level, name) == (socket.SOL_SOCKET, socket.SO_LINGER)
        assert value == (1).to_bytes(4, "little") + bytes(4)

    asyncio.run(story())


def test_draining_waits_for_the_buffer_or_the_end() -> None:
    async def story() -> None:
        wire = wire_of(FakeTransport())
        await wire.drained()
        wire.pause_writing()
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(wire.drained())
            await asyncio.sleep(0)
            assert not waiting.done()
            wire.resume_writing()
        wire.pause_writing()
        wire.lose()
        await wire.drained()
        await wire.gone()
        assert wire.patience.is_over

    asyncio.run(story())
