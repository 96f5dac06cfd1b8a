"""Take the one example that uses the whole language from its file to its end and back."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from typing_extensions import override

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import create
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.scenario.loader import check_strictly, load_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.scenarios.robot import Robot

STORM = """
schema = 1
name = "open_429_storm"
extends = "normal_market"
seed = 20260303
clock = { mode = "scaled", speed = 20, start = 2026-03-03T08:59:30 }
[[phase]]
id = "calm"
for = "30s"
[[phase]]
id = "storm"
for = "2m"
set = { "limit.per_api.rate" = "1/1s", "market.tick_rate" = "200/s" }
[[phase]]
id = "recover"
until = "ws.connections >= 1"
timeout = "60s"
[latency]
"rest.*" = { dist = "lognormal", p50 = "18ms", p99 = "120ms" }
[[limit]]
id = "per_api"
profile = "demo@2026-03"
scope = "appkey+api"
[[rule]]
id = "gateway-page"
phase = ["storm"]
match = { api = "ka1008*", "body.stk_cd" = "005930" }
when = { every = 5, per = "client" }
do = { kind = "http_error", status = 502, body = "html" }
[[ws]]
id = "gap"
phase = ["storm"]
match = { type = "0B", code = "000660" }
when = { between = ["+20s", "+26s"] }
do = { kind = "gap" }
[[event]]
at = 09:01:10                       # market time
do = { kind = "vi", code = "005930", trigger = "dynamic" }
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("storm") / "open_429_storm.toml"
    made.write_text(STORM, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def storm(file: Path) -> Scenario:
    return load_scenario(file, env={})


def test_it_says_what_it_means(storm: Scenario, file: Path) -> None:
    assert check_strictly(file, env={}) == ()
    assert [phase.id for phase in storm.phases] == ["calm", "storm", "recover"]
    settings = storm.phases[1].settings
    assert (settings["limit.per_api.rate"], settings["market.tick_rate"]) == (Rate(1), Rate(200))
    assert storm.clock.session == "always-open"  # as the scenario that it extends
    assert (storm.limits[0].profile, storm.limits[0].scope) == ("demo@2026-03", "appkey+api")
    assert storm.latency["rest.*"].p99_ms == 120


def test_its_canonical_file_means_the_same(storm: Scenario, file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiwoom_sim", "show", "--resolved", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == render_scenario(storm)
    canonical = tmp_path / "canonical.toml"
    canonical.write_text(done.stdout, encoding="utf-8")
    assert load_scenario(canonical, env={}) == storm


class Trader(Robot):
    """Hear trades, and ask for a chart three times a second."""

    statuses: list[int]

    @override
    def step(self, ms: int) -> None:
        super().step(ms)
        if ms % 300 == 0:
            self.statuses.append(self.chart(ms))

    def chart(self, ms: int) -> int:
        headers = {"api-id": "ka10081", "authorization": f"Bearer {self._token}"}
        body = {"stk_cd": "005930", "base_dt": "20260302", "upd_stkpc_tp": "1"}
        reply = self.simulation.feed(
            Record(
                ms=ms, seq=self._count(), conn=1, kind="bytes", door="rest", method="POST",
                path="/api/dostk/chart", headers=headers, text=msgspec.json.encode(body).decode(),
            )
        )  # fmt: skip
        assert reply is not None
        return reply.status


def test_everything_in_it_happens_and_replays(file: Path, tmp_path: Path) -> None:
    shorter = {"market.symbols": ["005930", "000660"], "phase.calm.for": "8s"}
    small = load_scenario(file, overrides={**shorter, "phase.storm.for": "28s"}, env={})
    directory = create(tmp_path, small.name)
    directory.scenario.write_text(render_scenario(small), encoding="utf-8")
    trader = Trader(small, directory)
    trader.statuses, trader.types = [], ["0B"]
    trader.run(37_000)
    assert trader.faults() == {"gateway-page", "gap"}
    calm, storm = trader.statuses[:27], trader.statuses[27:120]
    assert (502 in calm, 502 in storm, calm.count(429) < storm.count(429)) == (False, True, True)
    end = Record(ms=37_000, seq=trader._count(), kind="signal", text="SIGINT")
    trader.simulation.feed(end)
    trader.simulation.flush()
    events = (directory.journal / "events.jsonl").read_text(encoding="utf-8")
    assert '"command":"InterruptSymbol"' in events
    assert [f'"id":"{name}"' in events for name in ("calm", "storm", "recover")] == [True] * 3
    assert storm.count(502) == trader.simulation.parts.metrics.faults["gateway-page", "http_error"]
    (tmp_path / "again").mkdir()
    found = replay(directory, tmp_path / "again")
    assert found.records > 120
    assert found.digests == trader.simulation.digests()
