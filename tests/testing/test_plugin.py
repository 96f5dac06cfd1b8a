"""Run small projects of users, each in a pytest of its own, and read what it says."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import KEYS

if TYPE_CHECKING:
    from kiwoom_sim.testing import KiwoomSim

CLIENT = """
import httpx

KEYS = {"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"}

def quote(base, times=1):
    with httpx.Client(base_url=base, timeout=30) as http:
        token = http.post("/oauth2/token", json=KEYS).json()["token"]
        headers = {"api-id": "ka10001", "authorization": f"Bearer {token}"}
        body = {"stk_cd": "005930"}
        return [
            http.post("/api/dostk/stkinfo", json=body, headers=headers).status_code
            for _ in range(times)
        ]
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return how a project is written and run: its exit code and its output."""

    def make(text: str, *words: str, settings: str = "") -> tuple[int, str]:
        (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
        (tmp_path / "test_bot.py").write_text(text, encoding="utf-8")
        head = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        (tmp_path / "pytest.ini").write_text(head + settings, encoding="utf-8")
        command = [
            sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "-W", "error",
            "--strict-markers", "--strict-config", *words,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
            timeout=120, env={**os.environ, "COLUMNS": "200", "PYTEST_ADDOPTS": ""},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return make


def test_the_fixture_answers_and_counts(kiwoom_sim: "KiwoomSim") -> None:
    with httpx.Client(base_url=kiwoom_sim.rest_url, timeout=30) as client:
        token = client.post("/oauth2/token", json=KEYS).json()["token"]
        headers = {"api-id": "ka10001", "authorization": f"Bearer {token}"}
        body = {"stk_cd": "005930"}
        quote = client.post("/api/dostk/stkinfo", json=body, headers=headers).json()
    assert quote["return_code"] == 0
    assert abs(int(quote["cur_prc"])) > 0
    assert kiwoom_sim.requests("ka10001") == 1
    assert kiwoom_sim.requests() == 2


def test_the_plugin_loads_nothing_by_itself() -> None:
    code = (
        "import sys, kiwoom_sim.testing.plugin;"
        "heavy = {'numpy', 'litestar', 'uvicorn', 'websockets', 'msgspec'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


MERGING = """
import pytest
from client import quote

pytestmark = pytest.mark.kiwoom_scenario("rate_limit", seed=1, **{"wire.environment": "demo"})

def test_of_the_module(kiwoom_sim):
    scenario = kiwoom_sim.running.scenario
    assert (scenario.name, scenario.seed, scenario.wire.environment) == ("rate_limit", 1, "demo")

@pytest.mark.kiwoom_scenario(seed=2)
class TestClass:
    def test_of_the_class(self, kiwoom_sim):
        scenario = kiwoom_sim.running.scenario
        assert (scenario.name, scenario.seed) == ("rate_limit", 2)
        assert scenario.wire.environment == "demo"

    @pytest.mark.kiwoom_scenario("mine.toml", {"wire.limits_enabled": False}, seed=3)
    def test_of_its_own(self, kiwoom_sim):
        scenario = kiwoom_sim.running.scenario
        assert (scenario.name, scenario.seed) == ("mine", 3)
        assert not scenario.wire.limits_enabled
        assert set(quote(kiwoom_sim.rest_url, times=12)) == {200}

def test_of_the_session(kiwoom_sim_session):
    scenario = kiwoom_sim_session.running.scenario
    assert (scenario.name, scenario.seed) == ("outage_503", 503)
    quote(kiwoom_sim_session.rest_url)

def test_of_the_session_too(kiwoom_sim_session, kiwoom_sim):
    assert kiwoom_sim_session.requests("ka10001") == 1
    assert kiwoom_sim.requests() == 0
"""


def test_the_closest_marker_wins_and_the_session_has_the_setting(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("schema = 1\n", encoding="utf-8")
    code, text = run(MERGING, settings="kiwoom_scenario = outage_503\n")
    assert code == 0, text
    assert "5 passed" in text


FAILING = """
import pytest
from client import quote

@pytest.fixture
def broken(kiwoom_sim):
    raise LookupError("in a fixture")

@pytest.fixture
def breaking(kiwoom_sim):
    yield
    raise LookupError("in the teardown")

@pytest.mark.kiwoom_scenario(**{"phase.calm.for": "1ms", "clock.mode": "stepped"})
def test_in_the_call(kiwoom_sim):
    kiwoom_sim.advance("1s")
    assert quote(kiwoom_sim.rest_url, times=2) == [200, 200]

def test_before(broken): ...
def test_after(breaking): ...
def test_without(): assert False, "no simulator here"
def test_fine(kiwoom_sim): ...
"""


def test_a_failure_shows_the_seed_and_how_to_replay_it(run: Run, tmp_path: Path) -> None:
    code, text = run(
        FAILING, "--kiwoom-scenario", "rate_limit", "--kiwoom-seed", "77", "--kiwoom-runs", "kept"
    )
    assert code == 1, text
    assert text.count("-- kiwoom-sim --") == 3
    assert "2 failed, 2 passed, 2 errors" in text
    flags = "--kiwoom-scenario rate_limit --kiwoom-seed 77"
    for name in ("test_in_the_call", "test_before", "test_after"):
        assert f"pytest test_bot.py::{name} {flags}\n" in text
    assert "scenario   rate_limit, seed 77\n" in text
    assert "requests   3 (au10001 1, ka10001 2)\n" in text
    assert "faults     tightened/rate_limit 1\n" in text
    kept = tmp_path / "kept" / "rate_limit-0001"
    assert f"kiwoom-sim replay {kept}\n" in text
    found = replay(RunDirectory(kept), tmp_path / "again")
    assert found.differing == ()


def test_what_cannot_be_run_is_an_error_without_a_traceback(run: Run) -> None:
    code, text = run(
        """
import pytest

@pytest.mark.kiwoom_scenario("nowhere")
def test_unknown(kiwoom_sim): ...

@pytest.mark.kiwoom_scenario(sed=7)
def test_key(kiwoom_sim): ...

@pytest.mark.kiwoom_scenario(7)
def test_marker(kiwoom_sim): ...
"""
    )
    assert code == 1, text
    assert "3 errors" in text
    assert "nowhere: no such scenario" in text
    assert 'did you mean "seed"?' in text
    assert "7 is neither the one scenario nor" in text
    assert "plugin.py" not in text


ASYNCIO = """
import asyncio, json
import pytest
from websockets.asyncio.client import connect
import httpx
from client import KEYS

@pytest.mark.asyncio
@pytest.mark.kiwoom_scenario(**{"clock.mode": "stepped", "wire.ping_interval": "2s"})
async def test_a_socket_hears_what_is_advanced(kiwoom_sim):
    async with httpx.AsyncClient(base_url=kiwoom_sim.rest_url, timeout=30) as http:
        token = (await http.post("/oauth2/token", json=KEYS)).json()["token"]
    pings = ticks = 0

    async def listen(socket):
        nonlocal pings, ticks
        async for text in socket:
            name = json.loads(text)["trnm"]
            if name == "PING":
                pings += 1
                await socket.send(text)
            ticks += name == "REAL"

    async with connect(kiwoom_sim.ws_url + "/api/dostk/websocket") as socket:
        await socket.send(json.dumps({"trnm": "LOGIN", "token": token}))
        await socket.recv()
        data = [{"item": ["005930"], "type": ["0B"]}]
        await socket.send(json.dumps({"trnm": "REG", "grp_no": "1", "data": data}))
        await socket.recv()
        listening = asyncio.ensure_future(listen(socket))
        await asyncio.to_thread(kiwoom_sim.advance, "20s")
        assert pings >= 9
        assert ticks > 0
        kiwoom_sim.advance("1s")  # blocks this loop, and ends all the same
        await socket.close()
        await listening
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_asyncio_tests_may_advance(run: Run, mode: str) -> None:
    text = ASYNCIO if mode == "strict" else ASYNCIO.replace("@pytest.mark.asyncio\n", "")
    code, shown = run(text, "--asyncio-mode", mode)
    assert code == 0, shown
    assert "1 passed" in shown


ANYIO = """
import anyio, httpx, pytest
from client import KEYS

pytestmark = [pytest.mark.anyio, pytest.mark.kiwoom_scenario(**{"clock.mode": "stepped"})]

async def test_any_loop_will_do(kiwoom_sim, kiwoom_sim_session, anyio_backend_name):
    async with httpx.AsyncClient(base_url=kiwoom_sim.rest_url, timeout=30) as http:
        assert "token" in (await http.post("/oauth2/token", json=KEYS)).json()
    before = kiwoom_sim.market_time
    await anyio.to_thread.run_sync(kiwoom_sim.advance, "5s")
    kiwoom_sim.advance("5s")
    assert (kiwoom_sim.market_time - before).total_seconds() == 10
    assert kiwoom_sim.requests() == 1
    print("ran on", anyio_backend_name)
"""


def test_anyio_tests_run_on_both_loops(run: Run) -> None:
    code, text = run(ANYIO, "-s")
    assert code == 0, text
    assert "2 passed" in text
    assert {"ran on asyncio", "ran on trio"} <= set(text.replace(".", "").splitlines())


SPREAD = """
import os
import pytest
from client import quote

@pytest.mark.parametrize("number", range(4))
def test_own(kiwoom_sim, kiwoom_sim_session, number):
    assert quote(kiwoom_sim.rest_url) == [200]
    assert kiwoom_sim.requests("ka10001") == 1
    before = kiwoom_sim_session.requests("ka10001")
    assert quote(kiwoom_sim_session.rest_url) == [200]
    assert kiwoom_sim_session.requests("ka10001") == before + 1

def test_fails(kiwoom_sim):
    assert False
"""


def test_xdist_workers_do_not_meet(run: Run, tmp_path: Path) -> None:
    code, text = run(SPREAD, "-n", "2", "-p", "xdist", "--kiwoom-runs", "kept")
    assert code == 1, text
    assert "1 failed, 4 passed" in text
    assert text.count("-- kiwoom-sim --") == 1
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert names == [f"normal_market-{number:04d}" for number in range(1, len(names) + 1)]
    assert 5 + 1 <= len(names) <= 5 + 2
    assert all((tmp_path / "kept" / name / "digests.json").is_file() for name in names)


STOPPED = """
import threading

def test_cut_short(kiwoom_sim, kiwoom_sim_session):
    raise KeyboardInterrupt
"""

WITNESS = """
import threading

def pytest_unconfigure(config):
    print("\\nleft:", [t.name for t in threading.enumerate() if t.name.startswith("kiwoom")])
"""


def test_ctrl_c_closes_the_simulators(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITNESS, encoding="utf-8")
    code, text = run(STOPPED, "--kiwoom-runs", "kept")
    assert code == pytest.ExitCode.INTERRUPTED, text
    assert "left: []" in text
    ended = sorted(path.parent.name for path in (tmp_path / "kept").glob("*/digests.json"))
    assert ended == ["normal_market-0001", "normal_market-0002"]


def test_flags_and_marker_are_explained(run: Run) -> None:
    code, text = run("", "--help")
    assert code == 0
    for name in ("--kiwoom-scenario=SCENARIO", "--kiwoom-seed=N", "--kiwoom-runs=DIR"):
        assert name in text
    code, text = run("", "--markers")
    assert "@pytest.mark.kiwoom_scenario(scenario, seed=..., **overrides):" in text
