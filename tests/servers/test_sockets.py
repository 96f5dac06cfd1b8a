"""Check that ports are bound, or that it is said plainly why not."""

import asyncio
import socket

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.servers import sockets
from kiwoom_sim.servers.sockets import bind, bind_again, url_of


def test_any_free_port_has_an_address() -> None:
    with bind("127.0.0.1", 0, "rest") as sock:
        port = sock.getsockname()[1]
        assert url_of("http", sock) == f"http://127.0.0.1:{port}"


def test_a_busy_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"rest door: .*:{port}: .*\n.*--rest-port"):
            bind("127.0.0.1", port, "rest")


def test_a_foreign_host_is_named() -> None:
    with pytest.raises(StartError, match=r"ws door: cannot listen on 192\.0\.2\.1:"):
        bind("192.0.2.1", 0, "ws")


def test_every_address_is_shown_as_loopback() -> None:
    with bind("0.0.0.0", 0, "rest") as sock:  # noqa: S104 - what a container does
        assert url_of("http", sock).startswith("http://127.0.0.1:")


def test_a_port_is_had_again_as_soon_as_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "RETRY_S", 0)

    async def story() -> None:
        taken = socket.create_server(("127.0.0.1", 0))
        host, port = taken.getsockname()
        async with asyncio.TaskGroup() as tasks:
            again = tasks.create_task(bind_again(host, port, "rest"))
            await asyncio.sleep(0)
            assert not again.done()
            taken.close()
        with again.result() as sock:
            assert sock.getsockname()[1] == port

    asyncio.run(story())
