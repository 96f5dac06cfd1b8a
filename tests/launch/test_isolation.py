"""Check that an isolated client reaches the simulator by the broker's names, and nothing else."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch import isolation
from kiwoom_sim.launch.cell import Cell, Opening
from tests.launch.isolated import need_namespaces

ROOT = Path(__file__).parents[2]
WAIT_S = 120
SMALL = """
schema = 1
[market]
symbols = ["005930"]
[doors]
rest = 0
ws = 0
"""


def run(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a client beside the simulator, with variables that would lead it astray."""
    (directory / "small.toml").write_text(SMALL)
    astray = {"HTTPS_PROXY": "http://192.0.2.1:3128", "KIWOOM_BASE_URL": "https://192.0.2.1"}
    return subprocess.run(
        [sys.executable, "-m", "kiwoom_sim", "run", "small.toml", *words],
        cwd=directory, capture_output=True, text=True, timeout=WAIT_S, check=False,
        env={**os.environ, **astray, "KIWOOM_SIM_LANG": "en", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what every kind of client found, none of which was told where the broker is."""
    need_namespaces()
    directory = tmp_path_factory.mktemp("isolated")
    script = str(Path(__file__).with_name("hard_coded.py"))
    done = run(directory, "--timeout", "100s", "--", sys.executable, script, "found.json")
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads((directory / "found.json").read_text())
    return results


@pytest.mark.system
@pytest.mark.parametrize(
    "name", ["with_kiwoom_client", "with_kiwoom_rest", "with_kiwoom_playground"]
)
def test_public_clients_find_the_simulator_at_their_own_urls(
    found: dict[str, Any], name: str
) -> None:
    assert found[name] == [0, "REAL"]


@pytest.mark.system
@pytest.mark.parametrize("name", ["curl", "node"])
def test_other_languages_do(found: dict[str, Any], name: str) -> None:
    if found[name] is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is missing")
    if name == "curl":
        assert found[name].endswith("}200")
    else:
        assert json.loads(found[name]) == [0, 101, "ENETUNREACH"]


@pytest.mark.system
def test_nothing_leaves(found: dict[str, Any]) -> None:
    assert found["ip"] == found["ipv6"] == "ENETUNREACH"
    assert found["name"] == "no such name"
    assert found["routes"] == []
    assert found["devices"] == ["lo"]
    assert found["proxies"] == []


@pytest.mark.system
def test_it_stays_who_it_is(found: dict[str, Any]) -> None:
    assert found["ids"] == [os.getuid(), os.getgid()]


@pytest.mark.system
def test_a_service_that_is_allowed_is_reached_and_no_other(tmp_path: Path) -> None:
    need_namespaces()
    code = """
import os, socket, sys
def word(port):
    try:
        with socket.create_connection(("localhost", port), timeout=30) as sock:
            return sock.makefile().read()
    except OSError as error:
        return os.strerror(error.errno)
print([word(int(port)) for port in sys.argv[1:]])
"""
    with (
        socket.create_server(("127.0.0.1", 0)) as allowed,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = [str(listener.getsockname()[1]) for listener in (allowed, other)]

        async def serve() -> subprocess.CompletedProcess[str]:
            async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"hello")
                writer.close()

            async with await asyncio.start_server(greet, sock=allowed):
                words = ["--allow", f"localhost:{ports[0]}", "--", sys.executable, "-c", code]
                return await asyncio.to_thread(run, tmp_path, *words, *ports)

        done = asyncio.run(serve())
    assert done.stdout == "['hello', 'Connection refused']\n", done.stderr


@pytest.mark.system
def test_sockets_that_were_bound_inside_are_served_outside() -> None:
    need_namespaces()
    cell = Cell(
        openings=(Opening(host="127.0.0.1", port=443), Opening(host="192.0.2.7", port=80)),
        addresses=("192.0.2.7",),
    )
    code = """
import socket
for host, port in (("127.0.0.1", 443), ("192.0.2.7", 80)):
    socket.create_connection((host, port), timeout=30).close()
try:
    socket.create_connection(("192.0.2.8", 80), timeout=30)
except OSError as error:
    raise SystemExit(error.errno)
"""

    async def story() -> int:
        client, listeners = await isolation.start([sys.executable, "-c", code], os.environ, cell)
        for listener in listeners:
            with listener:
                listener.settimeout(30)
                (await asyncio.to_thread(listener.accept))[0].close()
        return await client.wait()

    assert asyncio.run(story()) == 101  # ENETUNREACH


@pytest.mark.system
def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    need_namespaces()

    async def story() -> None:
        await isolation.start([str(tmp_path / "nothing")], os.environ, Cell(openings=()))

    with pytest.raises(StartError, match="nothing: No such file"):
        asyncio.run(story())


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux refuses")
def test_what_the_system_does_not_permit_is_told_and_nothing_runs(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    touch = shutil.which("touch") or "touch"
    cell = Cell(openings=(), mounts=((str(tmp_path / "no"), str(tmp_path / "where")),))

    async def story() -> None:
        await isolation.start([touch, str(mark)], os.environ, cell)

    with pytest.raises(StartError, match="--no-isolate") as caught:
        asyncio.run(story())
    assert "cannot be isolated" in str(caught.value)
    assert not mark.exists()


def test_other_systems_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiwoom_sim.launch.isolation.sys.platform", "darwin")
    with pytest.raises(StartError, match="only Linux"):
        asyncio.run(isolation.start(["true"], {}, Cell(openings=())))


@pytest.mark.system
def test_without_isolation_clients_are_led_to_us_all_the_same(tmp_path: Path) -> None:
    script = str(Path(__file__).with_name("hard_coded.py"))
    options = ["--no-isolate", "--timeout", "100s", "--", sys.executable, script, "found.json"]
    done = run(tmp_path, *options)
    assert done.returncode == 0, done.stderr
    assert "warning: the client is not isolated" in done.stderr
    results = json.loads((tmp_path / "found.json").read_text())
    for name in ("with_kiwoom_client", "with_kiwoom_rest", "with_kiwoom_playground"):
        assert results[name] == [0, "REAL"]
    for name, wanted in (("curl", "}200"), ("node", '[0,101,"ENETUNREACH"]\n')):
        assert results[name] is None or results[name].endswith(wanted)
    assert results["ip"] == "ENETUNREACH"
    assert results["name"] == "no such name"
