"""Let everything go wrong at full load for a while; nothing may leak, and the run replays.

15 s in the ordinary tests; `make soak` takes 60 (SOAK_SECONDS).
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from msgspec import Struct

from kiwoom_sim.observe.chronicle import Chronicle
from kiwoom_sim.observe.reading import lane_lines, records
from kiwoom_sim.observe.run_directory import RunDirectory
from tests.crowd import Crowd

SECONDS = float(os.environ.get("SOAK_SECONDS", "15"))
SEED = int(os.environ.get("SOAK_SEED", "4"))
CALLERS, LISTENERS = 40, 16
WAIT_S = 30
GROWTH_MB_MAX = 64.0
"""What is bounded fills up to its bound meanwhile: 5,000 remembered requests, the trades of five
shares, and what waits for the collector, which runs seldom (`cli/run.py`). With the clients gone
and everything collected, no more objects were left after another 30 s than before."""

SCENARIO = f"""
schema = 1
extends = "chaos_all"
seed = {SEED}
[wire]
limits_enabled = false
[market]
symbols = ["005930", "000660", "035420", "005380", "035720"]
[[phase]]
id = "calm"
for = "3s"
[[phase]]
id = "chaos"
for = "10m"
[[rule]]
id = "door-down"
when = {{ probability = "0.02%" }}
do = {{ kind = "listener_down", for = "200ms" }}
[latency]
"rest.*" = {{ p50 = "1ms", p99 = "5ms" }}
[doors]
rest = 0
ws = 0
control = 0
tls = 0
"""


class Load(Struct, frozen=True):
    """Hold what a process has in hand."""

    files: int
    threads: int
    tasks: int
    sockets: int
    memory_mb: float


class Soaked:
    """Hold a simulator in a process of its own, and look at it from outside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        file = directory / "soak.toml"
        file.write_text(SCENARIO)
        ready = directory / "ready.json"
        words = [sys.executable, "-m", "kiwoom_sim", "run", str(file), "--no-tui"]
        words += ["--ready-file", str(ready), "--runs", str(directory / "runs")]
        with (directory / "err.txt").open("wb") as said:
            self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said)
        began = time.monotonic()
        while not ready.exists() or not ready.read_text():
            assert self.process.poll() is None, (directory / "err.txt").read_text()
            assert time.monotonic() - began < WAIT_S
            time.sleep(0.02)
        self.where = json.loads(ready.read_text())
        self.crowd = Crowd(self.where["rest"], self.where["ws"])
        self._seen = psutil.Process(self.process.pid)

    def metrics(self) -> dict[str, float]:
        """Return every sample of `/metrics`."""
        text = httpx.get(f"{self.where['control']}/metrics", timeout=WAIT_S, trust_env=False).text
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def load(self) -> Load:
        tasks = self.metrics()["kiwoom_sim_event_loop_tasks"]
        return Load(
            files=self._seen.num_fds(),
            threads=self._seen.num_threads(),
            tasks=int(tasks),
            sockets=sum(c.status != psutil.CONN_LISTEN for c in self._seen.net_connections()),
            memory_mb=self._seen.memory_info().rss / 1e6,
        )

    def at_rest(self, no_more_than: Load | None = None) -> Load:
        """Return what is in hand once all clients are gone, or what is left after a while."""
        began = time.monotonic()
        while True:
            load = self.load()
            bound = no_more_than or load
            sockets = bound.sockets if no_more_than else 1  # that of the question itself
            settled = load.sockets <= sockets and load.tasks <= bound.tasks
            idle = self.metrics()["kiwoom_sim_websocket_connections"] == 0
            if (
                settled and idle and load.files <= bound.files
            ) or time.monotonic() - began > WAIT_S:
                return load
            time.sleep(0.25)

    def interrupt(self) -> float:
        """Press Ctrl-C and return how long it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(WAIT_S) == 0, (self.directory / "err.txt").read_text()
        return time.monotonic() - began


@pytest.fixture
def soaked(tmp_path: Path) -> Iterator[Soaked]:
    found = Soaked(tmp_path)
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="looks at file descriptors")
def test_a_storm_of_everything_leaves_nothing_behind(soaked: Soaked) -> None:
    asyncio.run(soaked.crowd.press(1, CALLERS, LISTENERS))
    rest = soaked.at_rest()
    asyncio.run(soaked.crowd.press(SECONDS / 3, CALLERS, LISTENERS))
    warm = soaked.load()
    asyncio.run(soaked.crowd.press(SECONDS * 2 / 3, CALLERS, LISTENERS))
    hot = soaked.load()
    cold = soaked.at_rest(rest)
    told = f"{rest}, warm {warm}, hot {hot}, {cold}, {soaked.crowd.seen}"
    sys.stderr.write(f"{told}\n")
    assert cold.sockets <= rest.sockets, told
    assert cold.tasks <= rest.tasks, told
    assert cold.files <= rest.files, told
    assert cold.threads <= max(rest.threads, warm.threads), told
    assert hot.memory_mb - warm.memory_mb < GROWTH_MB_MAX, told
    metrics = soaked.metrics()
    assert soaked.interrupt() < 2
    _check_journal(soaked, metrics)
    _check_replay(soaked)


def _check_journal(soaked: Soaked, metrics: dict[str, float]) -> None:
    """See that the journal has all that came in and went out, and the counters agree with it."""
    (path,) = (soaked.directory / "runs").glob("soak-*")
    run = RunDirectory(path)
    assert run.ended
    entries = Chronicle(run)
    kinds: Counter[str] = Counter()
    unanswered = 0
    for entry in entries.new():
        kinds[entry["kind"]] += 1
        unanswered += entry["kind"] == "request" and "status" not in entry
    digests = run.read_digests()
    assert not entries.dropped
    assert unanswered == 0
    asked = sum(r["kind"] == "bytes" for r in records(run, '"door":"rest"'))
    assert kinds["request"] == digests["journal.rest"]["count"] == asked
    assert kinds["frame"] == digests["journal.ws"]["count"]
    assert kinds["fault"] + kinds["event"] == digests["journal.events"]["count"]
    counted = sum(v for name, v in metrics.items() if name.startswith("kiwoom_sim_faults_total"))
    idle = sum(len(line.get("idle", ())) for line in lane_lines(run, "rest", '"idle"'))
    assert counted == kinds["fault"] - idle


def _check_replay(soaked: Soaked) -> None:
    words = [sys.executable, "-m", "kiwoom_sim", "replay", "soak-0001", "--check"]
    done = subprocess.run(
        [*words, "--runs", str(soaked.directory / "runs")], capture_output=True, text=True,
        timeout=40 * SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
