"""Stop a run in moments that are hard to stop in: it ends soon, with exit code 0 and digests."""

import asyncio
import json
import signal
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import KEYS, until

SCENARIO = """
schema = 1
seed = 3
[clock]
start = 2026-03-23T09:30:00
[doors]
rest = 0
ws = 0
[market]
symbols = ["005930", "000660"]
[[rule]]
id = "slow"
match = {{ api = "ka10099" }}
do = {{ kind = "latency", delay = "60s" }}
[[event]]
at = "{at}"
do = {{ {do} }}
"""
SOON_S = 5
"""A run ends within two seconds; a busy machine gets some more."""


async def crowd(address: dict[str, str], calls: int) -> None:
    """Listen on many sockets and ask on many connections until all is over."""

    async def listen(token: str) -> None:
        with suppress(Exception):
            async with connect(f"{address['ws']}/api/dostk/websocket") as peer:
                await peer.send(json.dumps({"trnm": "LOGIN", "token": token}))
                await peer.send(
                    '{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B"]}]}'
                )
                async for _ in peer:
                    pass

    async def ask(http: httpx.AsyncClient, token: str, number: int) -> None:
        api, group = ("ka10099", "stkinfo") if number % 2 else ("ka10081", "chart")
        headers = {"api-id": api, "authorization": f"Bearer {token}"}
        body = {"mrkt_tp": "0", "stk_cd": "000660", "base_dt": "20260320", "upd_stkpc_tp": "1"}
        with suppress(httpx.TransportError):
            await http.post(f"/api/dostk/{group}", json=body, headers=headers)

    async with httpx.AsyncClient(base_url=address["rest"], timeout=60) as http:
        with suppress(httpx.TransportError):
            token = (await http.post("/oauth2/token", json=KEYS)).json()["token"]
            peers = [listen(token) for _ in range(10)]
            await asyncio.gather(*peers, *(ask(http, token, n) for n in range(calls)))


@pytest.mark.parametrize(
    ("after_s", "number", "event"),
    [
        (None, signal.SIGTERM, 'kind = "pause", for = "60s"'),  # while it starts
        (0.0, signal.SIGINT, 'kind = "pause", for = "60s"'),  # while workers generate
        (0.6, signal.SIGTERM, 'kind = "pause", for = "60s"'),  # while it stands still
        (0.6, signal.SIGINT, 'kind = "restart", down_for = "60s"'),  # while its doors are shut
    ],
)
def test_a_run_can_be_stopped_at_any_moment(
    tmp_path: Path, after_s: float | None, number: signal.Signals, event: str
) -> None:
    scenario, ready = tmp_path / "small.toml", tmp_path / "ready.json"
    scenario.write_text(SCENARIO.format(at="300ms", do=event))
    runs = tmp_path / "runs"
    words = ["run", str(scenario), "--runs", str(runs), "--ready-file", str(ready), "--no-tui"]

    async def story() -> tuple[int, float]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kiwoom_sim", *words,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stderr is not None
        crowded = None
        if after_s is None:
            await until(lambda: any(runs.glob("small-*/scenario.toml")))
        else:
            await until(ready.exists)
            crowded = asyncio.ensure_future(crowd(json.loads(ready.read_text()), 20))
            await asyncio.sleep(after_s)
        began = asyncio.get_running_loop().time()
        process.send_signal(number)
        _, said = await asyncio.wait_for(process.communicate(), 30)
        took_s = asyncio.get_running_loop().time() - began
        assert b"Traceback" not in said, said.decode()
        if crowded is not None:
            await asyncio.wait_for(crowded, 30)
        assert process.returncode is not None
        return process.returncode, took_s

    code, took_s = asyncio.run(story())
    assert code == 0
    assert took_s < SOON_S
    (kept,) = runs.glob("small-*")
    (tmp_path / "again").mkdir()
    again = replay(RunDirectory(kept), tmp_path / "again")
    assert again.compared
    assert again.differing == ()
