"""Tell whole stories through open doors: a real HTTP client and a real WebSocket client."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage

import kiwoom_sim
from kiwoom_sim.errors import ScenarioError, StartError
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.scenario.values import duration_ms
from tests.servers.doors import Client, tell


def test_public_names_are_these_and_load() -> None:
    assert kiwoom_sim.__all__ == [
        "Scenario", "Simulation", "__version__", "load_scenario", "serve",
    ]  # fmt: skip
    for name in kiwoom_sim.__all__:
        assert getattr(kiwoom_sim, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = kiwoom_sim.nonsense


def test_a_client_reads_the_market_through_both_doors(tmp_path: Path) -> None:
    async def story(client: Client) -> None:
        await client.login()
        quote = (await client.quote()).json()
        assert quote["return_code"] == 0
        chart = await client.call(
            "ka10081", "/api/dostk/chart", stk_cd="005930", base_dt="20260323", upd_stkpc_tp="1"
        )
        assert chart.headers["cont-yn"] == "Y"
        async with client.socket() as socket:
            await socket.register("0B", "0D")
            heard = [await socket.hear() for _ in range(5)]
        assert {frame["trnm"] for frame in heard} == {"REAL"}
        assert client.running.requests("ka10001") == 1

    tell(story, runs=tmp_path)
    found = replay(RunDirectory(tmp_path / "small-0001"), tmp_path / "replay")
    assert (found.differing, found.first) == ((), "")
    assert found.digests["ws.frames"]["count"] >= 7  # type: ignore[operator] # a count


def test_faults_are_performed_and_replayed(tmp_path: Path) -> None:
    rules = """
[[rule]]
id = "cut"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "disconnect" }
[[rule]]
id = "page"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "http_error", status = 503 }
[[rule]]
id = "slow"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "latency", delay = "30ms" }
[[ws]]
id = "gone"
match = { moment = "frame", api = "REAL" }
when = { nth = 2 }
do = { kind = "disconnect", code = 1011, reason = "boom" }
[[ws]]
id = "shut"
match = { moment = "connect" }
when = { nth = 2, per = "global" }
do = { kind = "disconnect" }
"""

    async def story(client: Client) -> None:
        await client.login()
        assert (await client.quote()).status_code == 200
        with pytest.raises(httpx.HTTPError):
            await client.quote()
        assert (await client.quote()).status_code == 503
        assert (await client.quote()).status_code == 200
        async with client.socket() as socket:
            await socket.register("0B")
            assert await socket.goodbye() == (1011, "boom")
        with pytest.raises(InvalidMessage):
            await client.socket().__aenter__()
        counts = client.running.simulation.parts.metrics.faults
        assert {rule: n for (rule, _), n in counts.items()} == {
            "cut": 1, "page": 1, "slow": 1, "gone": 1, "shut": 1,
        }  # fmt: skip

    tell(story, rules, runs=tmp_path)
    found = replay(RunDirectory(tmp_path / "small-0001"), tmp_path / "replay")
    assert (found.differing, found.first) == ((), "")


TROUBLE = """
[wire]
ping_interval = "2s"
[[phase]]
id = "calm"
for = "10s"
[[phase]]
id = "storm"
[[rule]]
id = "busy"
phase = "storm"
match = { api = "ka10001" }
do = { kind = "http_error", status = 503 }
[[event]]
at = "8s@market"
do = { kind = "halt", code = "000660" }
"""


def test_a_run_whose_time_was_advanced_is_replayed(tmp_path: Path) -> None:
    async def story(client: Client) -> None:
        running = client.running
        start = running.market_time
        await client.login()
        async with client.socket() as socket:

            async def listen() -> list[dict[str, Any]]:
                heard = []
                with suppress(ConnectionClosed):
                    while True:
                        heard.append(await socket.hear())
                        if heard[-1]["trnm"] == "PING":
                            await socket.say(**heard[-1])
                return heard

            await socket.register("0B", "0D", items=("005930", "000660"))
            listening = asyncio.ensure_future(listen())
            assert (await client.quote()).status_code == 200
            await running.advance("9s")
            await running.advance("6s@market")
            assert (running.market_time - start).total_seconds() == 15
            assert running.wire_ms >= 15_000
            assert (await client.quote()).status_code == 503
            assert running.faults() == {"busy": 1}
            await socket.peer.close()
            heard = await listening
        names = [frame["trnm"] for frame in heard]
        assert names.count("PING") >= 7
        assert names.count("REAL") > 15
        with pytest.raises(ValueError, match="not a duration"):
            await running.advance("soon")

    tell(story, TROUBLE, runs=tmp_path, **{"clock.mode": "stepped"})
    events = (tmp_path / "small-0001" / "journal" / "events.jsonl").read_text()
    assert '"event":"advanced"' in events
    assert '"command":"HaltSymbol"' in events
    found = replay(RunDirectory(tmp_path / "small-0001"), tmp_path / "replay")
    assert (found.differing, found.first) == ((), "")


@pytest.mark.parametrize(
    ("duration", "speed", "ms"), [("5s", 1, 5_000), (250, 9, 250), ("1m@market", 60, 1_000)]
)
def test_a_duration_is_wire_time(duration: str | int, speed: int, ms: int) -> None:
    assert duration_ms(duration, speed) == ms


@pytest.mark.parametrize("wrong", [-1, True, 1.5, "", "-5s", "5", None])
def test_what_is_no_duration_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"duration|negative"):
        duration_ms(wrong, 1)


def test_peers_are_told_goodbye_at_the_end() -> None:
    async def story(client: Client) -> None:
        await client.login()
        async with client.socket() as socket:
            client.running.doors.end = "SIGINT"
            stop = asyncio.ensure_future(client.running.live.stop("SIGINT"))
            assert await socket.goodbye() == (1001, "")
            await stop

    tell(story)


def test_peers_share_what_both_listen_to() -> None:
    async def story(client: Client) -> None:
        await client.login()
        async with client.socket() as first, client.socket() as second:
            await first.register("0B", "0D", items=("005930", "000660"))
            await second.register("0D", items=("000660",))
            heard = [await first.hear() for _ in range(8)]
            mine = await second.hear()
            while mine not in heard:
                heard.append(await first.hear())

    tell(story, extra='[wire]\nduplicate_login = "allow"\n')


def test_what_cannot_start_says_so(tmp_path: Path) -> None:
    async def start(**options: object) -> None:
        async with kiwoom_sim.serve(**options):  # type: ignore[arg-type] # wrong on purpose
            pass

    with pytest.raises(ScenarioError):
        asyncio.run(start(scenario="nowhere"))
    with pytest.raises(StartError):
        asyncio.run(start(host="192.0.2.1", rest_port=0, ws_port=0))


def test_an_error_of_the_user_is_not_wrapped() -> None:
    async def story(client: Client) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        tell(story)
