"""Check what is said about doors that answer, answer wrongly, or do not answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kiwoom_sim.cli.health import ask, fetch


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Serve one connection with fixed bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"ws://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def page(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def test_a_healthy_door_has_a_latency() -> None:
    with answering(page(b'{"status": "healthy", "service": "kiwoom-sim"}')) as url:
        found = ask("ws", url)
    assert found.is_healthy
    assert found.latency_ms is not None
    assert (found.door, found.url, found.reason) == ("ws", url, "")


@pytest.mark.parametrize(
    "answer",
    [
        page(b'{"status": "healthy", "service": "other"}'),
        page(b'{"status": "running", "service": "kiwoom-sim"}'),
        page(b'{"status": "healthy", "service": "kiwoom-sim"}', "503 Busy"),
        page(b"[]"),
        page(b"<html>"),
    ],
)
def test_somebody_else_is_not_healthy(answer: bytes) -> None:
    with answering(answer) as url:
        found = ask("rest", url)
    assert (found.state, found.latency_ms, found.reason) == ("no answer", None, "not kiwoom-sim")


def test_what_speaks_no_http_is_no_answer() -> None:
    with answering(b"SSH-2.0-x\r\n") as url:
        found = ask("rest", url)
    assert found.state == "no answer"
    assert found.reason


def test_a_closed_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    assert ask("rest", url).reason == "Connection refused"


def test_proxies_of_the_environment_are_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(page(b'{"a": 1}')) as url:
        assert fetch(url, "/stats") == {"a": 1}
