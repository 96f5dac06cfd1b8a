"""Check that a gate refuses connections while it is shut, at one and the same port."""

import asyncio
import socket
import sys

import pytest

from kiwoom_sim.servers.gate import Gate, Gates
from kiwoom_sim.servers.relay import Relays
from kiwoom_sim.servers.sockets import bind
from tests.servers.raw import Raw, refused

KINDS = [
    "",
    pytest.param("ws", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux lets it")),
]


async def is_let_in(url: str) -> bool:
    async with Raw(url) as raw:
        return (await raw.hear(until=2)).data == b"hi"


async def greet(sock: socket.socket) -> None:
    await asyncio.get_running_loop().sock_sendall(sock, b"hi")
    sock.close()


@pytest.mark.parametrize("door", KINDS)
def test_it_opens_when_nobody_has_it_shut_any_more(door: str) -> None:
    async def story() -> None:
        taken = bind("127.0.0.1", 0, "tls")
        if door:  # one that is kept must have been asked for by its number
            port = taken.getsockname()[1]
            taken.close()
            taken = bind("127.0.0.1", port, "tls")
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with asyncio.TaskGroup() as tasks:
            relays = Relays(tasks)
            gate = Gate(taken, greet, relays.listen, door=door)
            assert await is_let_in(url)
            gate.shut()
            gate.shut()
            await asyncio.sleep(0.01)
            assert await refused(url)
            await gate.open()
            assert await refused(url)
            await gate.open()
            assert await is_let_in(url)
            relays.close()
            gate.close()
        assert await refused(url)

    asyncio.run(story())


def test_gates_of_another_door_stay_open() -> None:
    class Fake:
        """Count."""

        def __init__(self, door: str) -> None:
            self.door, self.count = door, 0

        def shut(self) -> None:
            self.count += 1

        async def open(self) -> None:
            self.count -= 1

    async def story() -> None:
        fakes = [Fake(""), Fake("rest"), Fake("ws"), Fake("any")]
        rest, anything = (Gates(fakes, door) for door in ("rest", ""))  # type: ignore[arg-type] # as much as is used
        rest.shut()
        assert [fake.count for fake in fakes] == [1, 1, 0, 1]
        anything.shut()
        assert [fake.count for fake in fakes] == [2, 2, 1, 2]
        await rest.open()
        await anything.open()
        assert [fake.count for fake in fakes] == [0, 0, 0, 0]

    asyncio.run(story())
