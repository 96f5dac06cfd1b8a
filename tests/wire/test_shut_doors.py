"""Show doors that do not listen for a while, plain and behind TLS, and the TLS door itself."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvloop

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.raw import BOUND_S, Raw, Seen, refused
from tests.wire.lines import HEAD, Driven, Lines, ask, login, request, scenario, shaken

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
DOWN = 'kind = "listener_down", for = "120ms"'
STORIES = f"""{HEAD}
[[rule]]
id = "request"
match = {{ "header.x-story" = "plain" }}
do = {{ {DOWN} }}
[[ws]]
id = "message"
match = {{ "body.story" = "down" }}
do = {{ {DOWN} }}
[[ws]]
id = "connect"
match = {{ moment = "connect", "header.x-story" = "reset-before" }}
do = {{ {DOWN} }}
[[ws]]
id = "alone"
match = {{ "body.story" = "alone" }}
do = {{ {DOWN}, cut = false }}
"""


@pytest.fixture(scope="module", params=LOOPS)
def lines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lines]:
    directory = tmp_path_factory.mktemp("shut")
    running = Driven(scenario(directory, STORIES), runs=directory / "runs")
    running.factory = LOOPS[request.param]
    with running:
        made = Lines(running)
        made.tokens = dict.fromkeys(("plain", "reset-before"), "none")
        yield made
        kept = running.running.directory
    assert kept is not None
    found = replay(RunDirectory(kept.path), directory / "replay")
    assert (found.differing, found.first) == ((), "")


def is_refused(lines: Lines, door: str) -> bool:
    return asyncio.run(refused(lines.url(door)))


def opened(lines: Lines, *doors: str) -> None:
    """Wait until doors listen again."""
    end = time.monotonic() + BOUND_S
    while any(is_refused(lines, door) for door in doors):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("through", ["rest", "https"])
def test_the_rest_door_shuts_with_its_tls_and_not_with_its_neighbour(
    lines: Lines, through: str
) -> None:
    with ExitStack() as stack:
        other, mine, neighbour = (
            stack.enter_context(lines.line(door)) for door in ("rest", through, "ws")
        )
        shaken(neighbour)
        ask(lines, mine, "request", "plain")
        assert mine._read(BOUND_S, 1) == other._read(BOUND_S, 1) == Seen(b"", "reset")
        assert is_refused(lines, "rest")
        assert is_refused(lines, "https")
        assert not is_refused(lines, "ws")
        neighbour._send(login("none"))
        assert b"LOGIN" in neighbour._read(BOUND_S, 3).data
    opened(lines, "rest", "https")


@pytest.mark.parametrize("through", ["ws", "wss"])
@pytest.mark.parametrize("moment", ["message", "connect"])
def test_the_websocket_door_shuts_with_its_tls_and_not_with_its_neighbour(
    lines: Lines, through: str, moment: str
) -> None:
    before = lines.faults(moment)
    with ExitStack() as stack:
        other, mine = (stack.enter_context(lines.line(door)) for door in ("ws", through))
        shaken(other)
        if moment == "message":
            shaken(mine)
            mine._send(login("none", "down"))
        else:
            ask(lines, mine, "connect", "reset-before")
        assert mine._read(BOUND_S, 1) == other._read(BOUND_S, 1) == Seen(b"", "reset")
        assert is_refused(lines, "ws")
        assert is_refused(lines, "wss")
        assert not is_refused(lines, "rest")
    assert lines.faults(moment) == before + 1
    opened(lines, "ws", "wss")


def test_those_who_are_in_may_stay_in(lines: Lines) -> None:
    with lines.line("ws") as other, lines.line("wss") as mine:
        shaken(other)
        shaken(mine)
        mine._send(login("none", "alone"))
        assert b"LOGIN" in mine._read(BOUND_S, 3).data
        while not is_refused(lines, "ws"):
            time.sleep(0.001)
        other._send(login("none"))
        assert b"LOGIN" in other._read(BOUND_S, 3).data
    opened(lines, "ws", "wss")
    with lines.line("ws") as new:
        shaken(new)


@contextmanager
def patient_line(lines: Lines) -> Iterator[Raw]:
    """Return the first line to the TLS door that comes about."""
    while True:
        try:
            with lines.line("https") as line:
                yield line
                return
        except ConnectionRefusedError:
            time.sleep(0.01)


ARRIVALS = {
    "reset": 'kind = "reset"',
    "fin": 'kind = "no_answer"',
    "cut": 'kind = "disconnect"',
    "hang": 'kind = "hang", for = "50ms"',
    "stuck": 'kind = "accept_hang"',
    "briefly": 'kind = "accept_hang", for = "50ms"',
    "garbage": 'kind = "garbage", size = "9B"',
    "slow": 'kind = "latency", delay = "150ms"',
    "down": DOWN,
    "alone": f"{DOWN}, cut = false",
}


@pytest.fixture(scope="module", params=LOOPS)
def arrivals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lines]:
    directory = tmp_path_factory.mktemp("arrivals")
    tables = [
        f'[[rule]]\nid = "{name}"\nmatch = {{ moment = "tls" }}\n'
        f'when = {{ first = 1, per = "global" }}\ndo = {{ {do} }}\n'
        for name, do in ARRIVALS.items()
    ]
    running = Driven(scenario(directory, HEAD + "".join(tables)), runs=directory / "runs")
    running.factory = LOOPS[request.param]
    with running:
        yield Lines(running)
        assert running.faults() == dict.fromkeys(sorted(ARRIVALS), 1)
        kept = running.running.directory
    assert kept is not None
    found = replay(RunDirectory(kept.path), directory / "replay")
    assert (found.differing, found.first) == ((), "")


def test_a_connection_can_meet_trouble_before_its_tls_handshake(arrivals: Lines) -> None:
    def plain(say: bytes = b"") -> Seen:
        raw = Raw(arrivals.url("https"))
        with raw._sock:
            try:
                raw._connect()
                raw._send(say)
            except ConnectionResetError:
                return Seen(b"", "reset")
            return raw._read(BOUND_S, 1 << 20)

    hello = b"\x16\x03\x01\x00\x05hello"
    assert plain() == Seen(b"", "reset")
    assert plain() == Seen(b"", "fin")
    assert plain() == Seen(b"", "fin")
    assert plain(hello) == Seen(b"", "fin")
    with Raw(arrivals.url("https"))._sock as stuck:
        stuck.connect(arrivals.house.where(arrivals.url("https")))
        stuck.settimeout(0.1)
        tls = arrivals.context.wrap_bio(ssl.MemoryBIO(), out := ssl.MemoryBIO())
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        stuck.sendall(out.read())
        with pytest.raises(TimeoutError):
            stuck.recv(1)
    assert plain(hello) == Seen(b"", "reset")
    assert len(plain().data) == 9
    began = time.monotonic()
    with arrivals.line("https") as late:
        assert time.monotonic() - began > 0.14
        assert plain() == Seen(b"", "reset")
        assert late._read(BOUND_S, 1) == Seen(b"", "reset")
    with patient_line(arrivals) as line:
        assert is_refused(arrivals, "https")
        line._send(request("plain"))
        assert line._read(BOUND_S, 1).data.startswith(b"HTTP/1.1 200")
