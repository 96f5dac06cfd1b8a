"""Check that a test which reaches for another machine fails, and that others do not notice."""

import asyncio
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

from tests.network import BeyondLoopbackError

OUTSIDE = "192.0.2.1"


def connect(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.connect((host, 80))


def send(host: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (host, 9))


def connect_later(host: str) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection(host, 9), 10))


@pytest.mark.parametrize(
    "reach",
    [
        lambda: connect(OUTSIDE),
        lambda: connect("2001:db8::1"),
        lambda: socket.getaddrinfo("api.kiwoom.com", 443),
        lambda: socket.gethostbyname("api.kiwoom.com"),
        lambda: urllib.request.urlopen("http://example.com/", timeout=1),
        lambda: send(OUTSIDE),
        lambda: connect_later(OUTSIDE),
    ],
)
def test_nothing_leaves_this_machine(reach: Callable[[], object]) -> None:
    with pytest.raises(BeyondLoopbackError):
        reach()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection((host, listener.getsockname()[1]), timeout=10).close()
        send("127.0.0.1")


def test_processes_that_tests_start_are_not_held() -> None:
    code = "import socket; print(socket.getaddrinfo('192.0.2.1', 80)[0][4][0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{OUTSIDE}\n"
