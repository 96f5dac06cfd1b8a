"""Install the wheel where nothing else is, and use it as a user does: run, call, listen, stop."""

import asyncio
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.wire.conversations import with_kiwoom_client
from tests.wire.house import SOCKET_PATH, Client, House, Peer, peer, registration

ROOT = Path(__file__).parent.parent
WAIT_S = 60
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("hatchling is missing")
        pytest.skip("hatchling is missing; `make test` installs it")
    target = tmp_path_factory.mktemp("wheel")
    run_checked([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target], cwd=ROOT)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the installed command; of the development environment only packages are visible.

    A `.pth` file of ours names the directory of the dependencies. The `.pth` files in there, one
    of which makes the source tree importable, are not read.
    """
    home = tmp_path_factory.mktemp("environment")
    run_checked([sys.executable, "-m", "venv", "--without-pip", home])
    python = home / SCRIPTS / "python"
    install = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    run_checked([sys.executable, *install, wheel])
    places = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(run_checked([python, "-c", where]).stdout.strip())
    (own / "dependencies.pth").write_text("\n".join(places) + "\n", encoding="utf-8")
    found = run_checked([python, "-c", "import kiwoom_sim; print(kiwoom_sim.__file__)"], cwd=home)
    assert Path(found.stdout.strip()).is_relative_to(own), "the wheel is what is tested"
    return home / SCRIPTS / "kiwoom-sim"


def run_checked(command: list[object], **options: Any) -> subprocess.CompletedProcess[str]:
    done = run(command, **options)
    assert done.returncode == 0, done.stderr
    return done


def run(
    command: list[object], variables: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, encoding="utf-8",
        timeout=WAIT_S, check=False, env={**environment(), **(variables or {})}, **options,
    )  # fmt: skip


def environment() -> dict[str, str]:
    """Return an environment in which nothing points at the source tree."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    more = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "1", "PYTHONWARNINGS": "error::ResourceWarning"}
    return {**kept, **more}


@contextmanager
def running(program: Path, *words: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the command; whatever happens, it is gone at the end."""
    process = subprocess.Popen(
        [str(program), *words], cwd=cwd, env=environment(), text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=WAIT_S)


def await_file(path: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the content of a ready file as soon as it is there."""
    deadline, pause = time.monotonic() + WAIT_S, threading.Event()
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "the ready file did not appear"
        pause.wait(0.02)
    return json.loads(path.read_text(encoding="utf-8"))


def test_wheel_carries_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for file in ("normal_market", "rate_limit", "outage_503"):
        assert f"kiwoom_sim/scenarios/{file}.toml" in names
    assert "kiwoom_sim/py.typed" in names
    assert "kiwoom_sim/protocol/catalog/chart/ka10081.toml" in names
    assert "kiwoom_sim/market/data/instruments.csv" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"kiwoom_sim"}


def test_list_works_in_an_empty_directory(program: Path, tmp_path: Path) -> None:
    done = run_checked([program, "list"], cwd=tmp_path)
    assert {"normal_market", "rate_limit", "outage_503"} <= set(done.stdout.split())
    assert list(tmp_path.iterdir()) == []


async def listen(house: House, token: str, process: subprocess.Popen[str]) -> int | None:
    """Hear three REAL frames, interrupt the simulator, and return the close code."""
    async with peer(house) as made:
        await made.say({"trnm": "LOGIN", "token": token})
        assert (await made.hear())["return_code"] == 0
        await made.say(registration(["005930"], ["0B", "0D"]))
        assert len(await made.rows(3)) >= 3
        process.send_signal(signal.SIGINT)
        return await close_code(made)


async def close_code(made: Peer) -> int | None:
    with pytest.raises(ConnectionClosed):
        await made.hear_until("a frame that never comes")
    return made.socket.close_code


def test_a_whole_run_from_start_to_replay(program: Path, tmp_path: Path) -> None:
    words = [
        "run", "scenarios/rate_limit.toml", "--rest-port", "0", "--ws-port", "0",
        "--ready-file", "ready.json", "--for", f"{WAIT_S}s",
    ]  # fmt: skip
    with running(program, *words, cwd=tmp_path) as process:
        ready = await_file(tmp_path / "ready.json", process)
        assert ready["pid"] == process.pid
        house = House(rest_url=ready["rest"], ws_url=ready["ws"], stop=lambda: None)
        with Client(house) as client:
            client.login()
            quote = client.quote().json()
        assert quote["return_code"] == 0
        assert quote["stk_nm"] == "삼성전자"
        assert asyncio.run(listen(house, client.token, process)) == 1001
        output, talk = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, talk
    assert output == ""
    assert "Traceback" not in talk
    for url in (ready["rest"], ready["ws"]):
        assert url in talk

    directory = next((tmp_path / "kiwoom-sim-runs").iterdir())
    assert directory.name == ready["run"]
    assert (directory / "scenario.toml").stat().st_size
    assert "SIGINT" in (directory / "trace.jsonl").read_text(encoding="utf-8")
    assert "ka10001" in (directory / "journal" / "rest.jsonl").read_text(encoding="utf-8")
    assert json.loads((directory / "digests.json").read_text(encoding="utf-8"))
    assert client.token not in (directory / "trace.jsonl").read_text(encoding="utf-8")

    replayed = run([program, "replay", directory, "--check"], cwd=tmp_path)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_run_of_a_real_client_replays_elsewhere_and_with_its_seed_only(
    program: Path, tmp_path: Path
) -> None:
    words = ["run", "normal_market", "--rest-port", "0", "--ws-port", "0", "--ready-file", "ready"]
    with running(program, *words, cwd=tmp_path) as process:
        ready = await_file(tmp_path / "ready", process)
        findings = with_kiwoom_client(ready["rest"], ready["ws"] + SOCKET_PATH, "20260323")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)
    assert process.returncode == 0
    assert findings.real

    recorded = tmp_path / "kiwoom-sim-runs" / ready["run"]
    elsewhere = {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LANG": "C"}
    command: list[object] = [program, "replay", recorded, "--check"]
    replayed = run(command, elsewhere, cwd=tmp_path)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr

    scenario = recorded / "scenario.toml"
    text = scenario.read_text(encoding="utf-8")
    assert "seed = 20260323" in text
    scenario.write_text(text.replace("seed = 20260323", "seed = 7"), encoding="utf-8")
    replayed = run(command, cwd=tmp_path)
    assert replayed.returncode == 4, replayed.stdout + replayed.stderr
    assert "Traceback" not in replayed.stderr


def test_fixture_works_in_a_project_of_a_user(program: Path, tmp_path: Path) -> None:
    text = """
import json, pytest, urllib.request

@pytest.mark.kiwoom_scenario("rate_limit", **{"phase.calm.for": "1s"})
def test_health(kiwoom_sim):
    with urllib.request.urlopen(kiwoom_sim.rest_url + "/") as answer:
        assert "rate_limit" in answer.read().decode()
    assert kiwoom_sim.ws_url.startswith("ws://127.0.0.1:")
"""
    (tmp_path / "test_bot.py").write_text(text, encoding="utf-8")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers", "-c", os.devnull]
    done = run([program.with_name("python"), *words, "--rootdir", tmp_path, tmp_path], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_busy_port_is_told_with_exit_code_3(program: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = ["run", "normal_market", "--rest-port", port, "--ws-port", "0"]
        done = run([program, *words], cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_invalid_scenario_is_told_with_exit_code_2(program: Path, tmp_path: Path) -> None:
    text = 'schema = 1\n\n[[rule]]\nid = "slow"\ndo = { kind = "latncy", delay = "1s" }\n'
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    done = run([program, "run", "wrong.toml"], cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("wrong.toml:5: rule[0].do")
    assert 'did you mean "latency"?' in done.stderr
    assert "Traceback" not in done.stderr
