"""Tell whole stories through open doors: a real HTTP client and a real WebSocket client."""

import asyncio
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidMessage

import kiwoom_sim
from kiwoom_sim.errors import ScenarioError, StartError
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
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
[[rule]]
id = "gone"
match = { door = "ws", moment = "frame", api = "REAL" }
when = { nth = 2 }
do = { kind = "disconnect", code = 1011, reason = "boom" }
[[rule]]
id = "shut"
match = { door = "ws", moment = "connect" }
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
