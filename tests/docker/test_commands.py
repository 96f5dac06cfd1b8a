"""Run the very commands of the image where there is no engine: simulator, relay, health checks.

Only ports, directories and the name of the other service are exchanged: through the variables that
mirror flags where there are any, else in the words of the Compose file.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from msgspec import Struct
from websockets.asyncio.client import connect

from tests.docker.files import (
    MOCKS,
    TEST_PROFILE,
    compose,
    final_stage,
    last,
    variables,
    words,
)
from tests.test_end_to_end import (
    WAIT_S,
    await_file,
    environment,
    program,  # noqa: F401 - a fixture; the wheel it installs is that of the Dockerfile
)
from tests.wire.house import Client, House, Peer, registration

pytestmark = pytest.mark.system

STAGE = final_stage()
SERVICES = compose(MOCKS, TEST_PROFILE)["services"]
DIRECTORIES = {"HOME": "home", "TMPDIR": "temporary", "KIWOOM_SIM_RUNS": "runs"}


class Stack(Struct, kw_only=True):
    """Hold the two services as the host sees them.

    Attributes:
        root: Directory with everything that either may write.
    """

    rest_url: str
    ws_url: str
    relay_url: str
    simulator: subprocess.Popen[str]
    root: Path

    @property
    def house(self) -> House:
        """Return where a client of the old mock servers would connect."""
        return House(rest_url=self.rest_url, ws_url=self.relay_url, stop=lambda: None)


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    missing = [name for name in ("socat", "wget") if shutil.which(name) is None]
    if missing and os.environ.get("REQUIRE_SYSTEM") == "1":
        pytest.fail(f"{missing} are missing")
    if missing:
        pytest.skip(f"{missing} are missing")


@pytest.fixture(scope="module")
def stack(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:  # noqa: F811
    root = tmp_path_factory.mktemp("stack")
    with simulator(program, root) as (process, ready), relay(ready["ws"]) as relay_url:
        yield Stack(
            rest_url=ready["rest"], ws_url=ready["ws"], relay_url=relay_url,
            simulator=process, root=root,
        )  # fmt: skip


@contextmanager
def simulator(program: Path, root: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:  # noqa: F811
    """Start the image's entry point with the command of its service, in directories of its own."""
    for name in (*DIRECTORIES.values(), "work"):
        (root / name).mkdir()
    exchanged = {name: str(root / path) for name, path in DIRECTORIES.items()}
    exchanged["KIWOOM_SIM_READY_FILE"] = str(root / "ready.json")
    exchanged |= {"KIWOOM_SIM_REST_PORT": "0", "KIWOOM_SIM_WS_PORT": "0"}
    entry, *rest = words(STAGE, "ENTRYPOINT")
    assert entry == program.name
    command = [str(program), *rest, *SERVICES["mock-kiwoom-api"]["command"]]
    given = {**container("mock-kiwoom-api"), **exchanged}
    with process(command, given, cwd=root / "work") as started:
        yield started, await_file(root / "ready.json", started)


@contextmanager
def relay(ws_url: str) -> Iterator[str]:
    """Start the command of the relay between a port of its own and a WebSocket door."""
    service = SERVICES["mock-websocket"]
    listener, target = service["command"]
    where = urlsplit(ws_url).netloc
    command = [
        *service["entrypoint"],
        listener.replace(":5117", ":0"),
        target.replace("mock-kiwoom-api:5117", where),
    ]
    assert where in command[-1]
    with process(command, container("mock-websocket")) as started:
        yield f"ws://127.0.0.1:{port_of(started)}"


@contextmanager
def process(
    command: list[str], variables: Mapping[str, str], cwd: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a command; whatever happens, it and its children are gone at the end."""
    started = subprocess.Popen(
        command, env=dict(variables), cwd=cwd, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.poll() is None:
            for child in psutil.Process(started.pid).children(recursive=True):
                child.kill()
            started.kill()
            started.communicate(timeout=WAIT_S)


def container(service: str) -> dict[str, str]:
    """Return the environment of a service: the image's, then its own."""
    image = variables(STAGE)
    image["PATH"] = os.environ["PATH"]
    return {**environment(), **image, **SERVICES[service].get("environment", {})}


def port_of(started: subprocess.Popen[str]) -> int:
    """Return the port that a process listens on, as soon as it does."""
    deadline, pause = time.monotonic() + WAIT_S, threading.Event()
    while True:
        assert started.poll() is None, started.communicate()[1]
        assert time.monotonic() < deadline, "nothing listens"
        for found in psutil.Process(started.pid).net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN:
                return int(found.laddr.port)
        pause.wait(0.02)


def healthy(service: str, url: str) -> bool:
    """Say what an engine makes of the health check of a service whose door is at another port."""
    check = SERVICES[service]["healthcheck"]
    kind, *command = check["test"]
    assert kind == "CMD"
    port = urlsplit(url).port
    command[-1] = command[-1].replace(":5116", f":{port}").replace(":5117", f":{port}")
    assert f":{port}" in command[-1]
    try:
        done = subprocess.run(
            command, env=container(service), check=False, timeout=float(check["timeout"][:-1])
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def socket_path() -> str:
    """Return the path that the gateway of the test profile connects to."""
    return urlsplit(SERVICES["api-gateway"]["environment"]["KIWOOM_WS_URL"]).path


def test_health_checks_are_content(stack: Stack) -> None:
    assert healthy("mock-kiwoom-api", stack.rest_url)
    assert healthy("mock-websocket", stack.relay_url)


def test_no_proxy_of_the_engine_comes_between(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = container("mock-kiwoom-api")
    proxied = {**image, "http_proxy": "http://127.0.0.1:9"}
    monkeypatch.setattr(f"{__name__}.container", lambda _: proxied)
    assert healthy("mock-kiwoom-api", stack.rest_url)


def test_a_relay_to_nobody_is_unhealthy(stack: Stack) -> None:
    with relay("ws://127.0.0.1:1") as lonely:
        assert not healthy("mock-websocket", lonely)


def test_health_tells_the_scenario_of_the_service(stack: Stack) -> None:
    with Client(stack.house) as client:
        told = client.http.get("/").json()
    assert told["scenario"] == SERVICES["mock-kiwoom-api"]["command"][1]


def test_a_token_of_the_simulator_logs_in_through_the_relay(stack: Stack) -> None:
    async def talk(token: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        address = stack.relay_url + socket_path()
        async with connect(address, proxy=None, max_queue=None) as socket:
            peer = Peer(socket)
            await peer.say({"trnm": "LOGIN", "token": token})
            answer = await peer.hear()
            await peer.say(registration(["005930"], ["0B", "0D"]))
            return answer, await peer.rows(3)

    with Client(stack.house) as client:
        assert client.login().status_code == 200
        answer, rows = asyncio.run(talk(client.token))
    assert answer["return_code"] == 0
    assert {row["item"] for row in rows} == {"005930"}


def test_another_token_does_not_log_in_through_the_relay(stack: Stack) -> None:
    async def talk() -> dict[str, Any]:
        address = stack.relay_url + socket_path()
        async with connect(address, proxy=None) as socket:
            peer = Peer(socket)
            await peer.say({"trnm": "LOGIN", "token": "never issued"})
            return await peer.hear()

    assert asyncio.run(talk())["return_code"] != 0


def test_old_clients_hear_prices_through_the_relay(stack: Stack) -> None:
    async def listen() -> list[dict[str, Any]]:
        async with asyncio.timeout(WAIT_S), connect(f"{stack.relay_url}/ws", proxy=None) as socket:
            return [json.loads(await socket.recv()) for _ in range(3)]

    connected, *prices = asyncio.run(listen())
    assert connected["type"] == "connected"
    assert "realtime_price" in {message["type"] for message in prices}


def test_stop_signal_ends_the_run_in_order_and_nothing_else_was_written(
    program: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    with simulator(program, tmp_path) as (started, ready):
        assert healthy("mock-kiwoom-api", ready["rest"])
        started.send_signal(signal.Signals[last(STAGE, "STOPSIGNAL")])
        output, talk = started.communicate(timeout=WAIT_S)
        assert started.returncode == 0, talk
        assert output == ""
        assert not healthy("mock-kiwoom-api", ready["rest"])
    (kept,) = (tmp_path / "runs").iterdir()
    assert json.loads((kept / "digests.json").read_text(encoding="utf-8"))
    assert "SIGTERM" in (kept / "trace.jsonl").read_text(encoding="utf-8")
    for name in ("home", "temporary", "work"):
        assert list((tmp_path / name).iterdir()) == []
