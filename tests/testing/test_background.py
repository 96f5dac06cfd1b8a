"""Check that a simulator in a thread starts, keeps time and its run, and leaves nothing behind."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import httpx
import psutil
import pytest

import kiwoom_sim.testing as guest_room
from kiwoom_sim.errors import ScenarioError, StartError
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.servers.doors import KEYS

STEPPED = {"clock.mode": "stepped", "wire.token_life": "1h"}
START = datetime.fromisoformat("2026-03-23T09:30:00")


def test_a_run_is_kept_where_it_is_told(tmp_path: Path) -> None:
    with BackgroundSimulator(runs=tmp_path) as simulator:
        assert simulator.rest_url.startswith("http://127.0.0.1:")
        assert simulator.ws_url.startswith("ws://127.0.0.1:")
    assert (tmp_path / "normal_market-0001" / "digests.json").is_file()


def test_a_start_that_fails_is_told_to_the_caller(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError), BackgroundSimulator(runs=tmp_path / "file"):
        pass


def test_a_scenario_that_cannot_be_used_starts_nothing() -> None:
    before = threading.active_count()
    with pytest.raises(ScenarioError, match="no such scenario"):
        BackgroundSimulator("nowhere")
    assert threading.active_count() == before


def test_a_stepped_market_stands_still_but_for_advances() -> None:
    with BackgroundSimulator(overrides=STEPPED) as simulator:
        assert simulator.market_time == START
        wire_ms = simulator.wire_ms
        simulator.advance("90s")
        simulator.advance(250)
        assert simulator.wire_ms >= wire_ms + 90_250
        assert simulator.market_time == START.replace(minute=31, second=30, microsecond=250_000)
        with pytest.raises(ValueError, match="negative"):
            simulator.advance(-1)
    assert simulator.market_time == START.replace(minute=31, second=30, microsecond=250_000)


def test_tokens_age_by_what_is_advanced() -> None:
    with (
        BackgroundSimulator(overrides=STEPPED) as simulator,
        httpx.Client(base_url=simulator.rest_url, timeout=30) as client,
    ):
        token = client.post("/oauth2/token", json=KEYS).json()["token"]
        headers = {"api-id": "ka10001", "authorization": f"Bearer {token}"}

        def code() -> int:
            body = {"stk_cd": "005930"}
            reply = client.post("/api/dostk/stkinfo", json=body, headers=headers)
            found: int = reply.json()["return_code"]
            return found

        simulator.advance("59m")
        assert code() == 0
        simulator.advance("1m")
        assert code() != 0
    assert simulator.requests("ka10001") == 2
    assert simulator.faults() == {}


def test_an_answer_that_is_delayed_need_not_be_waited_for(tmp_path: Path) -> None:
    rule = """
schema = 1
[[rule]]
id = "slow"
match = { api = "ka10001" }
do = { kind = "latency", delay = "10m" }
"""
    (tmp_path / "slow.toml").write_text(rule, encoding="utf-8")
    with BackgroundSimulator(tmp_path / "slow.toml") as simulator, ThreadPoolExecutor(1) as pool:
        url, headers = f"{simulator.rest_url}/api/dostk/stkinfo", {"api-id": "ka10001"}
        reply = pool.submit(httpx.post, url, headers=headers, timeout=60)
        while not simulator.faults():
            simulator.advance(0)
        simulator.advance("10m")
        assert reply.result().status_code == 200


def test_several_threads_may_advance() -> None:
    with BackgroundSimulator(overrides=STEPPED) as simulator, ThreadPoolExecutor(4) as pool:
        list(pool.map(simulator.advance, ["1s"] * 8))
        assert (simulator.market_time - START).total_seconds() == 8


def test_what_has_ended_says_so() -> None:
    with BackgroundSimulator() as simulator:
        pass
    with pytest.raises(RuntimeError, match="the simulator has ended"):
        simulator.advance("1s")


def test_what_has_failed_says_so_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = BackgroundSimulator()
    with pytest.raises(BaseExceptionGroup) as failed, simulator:  # noqa: PT012 - failure takes time

        def broken(_ms: int) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(simulator.running.live._turns, "_turn", broken)
        simulator._thread.join(30)
        assert not simulator._thread.is_alive()
        with pytest.raises(RuntimeError, match=r"the simulator has failed: .*ZeroDivisionError"):
            simulator.advance("1s")
    assert failed.group_contains(ZeroDivisionError)


def test_ctrl_c_at_the_start_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = BackgroundSimulator()
    wait = simulator._started.wait

    def interrupted(seconds: float) -> bool:
        wait(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(simulator._started, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulator.__enter__()
    assert not simulator._thread.is_alive()


def test_many_in_a_row_leave_no_thread_and_no_file_open() -> None:
    def held() -> tuple[int, int]:
        process = psutil.Process(os.getpid())
        return threading.active_count(), process.num_fds() if os.name != "nt" else 0

    with BackgroundSimulator():
        pass
    before = held()
    for _ in range(8):
        with BackgroundSimulator() as simulator:
            httpx.get(f"{simulator.rest_url}/health", timeout=30)
    assert held() == before


def test_the_public_name_is_the_type_of_the_fixtures() -> None:
    assert guest_room.__all__ == ["KiwoomSim"]
    assert guest_room.KiwoomSim is BackgroundSimulator
    with pytest.raises(AttributeError, match="nonsense"):
        _ = guest_room.nonsense
