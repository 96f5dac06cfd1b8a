"""Hold what clients of the older mocks rely on at `/ws`, over real sockets."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire.house import House, client, logged_in, peer, registration, simulator

pytestmark = pytest.mark.anyio

WAIT_S = 60
PATH = "/ws"
DEFAULT = ["005930", "000660", "035420", "051910", "006400"]
QUICK = {"ralph.interval": "50ms", "ralph.vcp": "0%", "ralph.closing_bet": "0%"}


@pytest.fixture(scope="module")
def mocks() -> Iterator[House]:
    """Return a simulator with twenty rounds a second and no signals."""
    with simulator("normal_market", **QUICK) as running:
        yield running


class Listener:
    """Speak with `/ws`, message by message."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, **members: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **members}))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(WAIT_S):
            text = await self.socket.recv()
        assert isinstance(text, str), "messages are text"
        message: dict[str, Any] = json.loads(text)
        assert isinstance(message["type"], str)
        assert message["timestamp"].endswith("+09:00")
        return message

    async def hear_until(self, kind: str) -> dict[str, Any]:
        while (message := await self.hear())["type"] != kind:
            pass
        return message

    async def tickers(self, amount: int) -> list[str]:
        """Return the tickers of the next messages, which are all prices."""
        messages = [await self.hear() for _ in range(amount)]
        assert {message["type"] for message in messages} == {"realtime_price"}
        return [message["data"]["ticker"] for message in messages]


@asynccontextmanager
async def listener(house: House) -> AsyncIterator[Listener]:
    """Return a client that was welcomed."""
    async with peer(house, path=PATH) as made:
        found = Listener(made.socket)
        assert (await found.hear())["type"] == "connected"
        yield found


async def test_the_client_of_the_old_guide_gets_its_ticker(mocks: House) -> None:
    received = []

    async def test_websocket() -> None:
        uri = f"{mocks.ws_url}/ws"
        async with websockets.connect(uri) as websocket:
            await websocket.send(json.dumps({"type": "subscribe", "ticker": "005930"}))
            while len(received) < 30:
                message = await websocket.recv()
                data = json.loads(message)
                received.append(data)

    async with asyncio.timeout(WAIT_S):
        await test_websocket()
    kinds = [data["type"] for data in received]
    assert kinds[0] == "connected"
    begun = kinds.index("subscribed")
    assert received[begun]["ticker"] == "005930"
    prices = received[begun + 1 :]
    assert {data["type"] for data in prices} == {"realtime_price"}
    assert {data["data"]["ticker"] for data in prices} == {"005930"}


async def test_a_client_that_says_nothing_hears_the_configured_tickers(mocks: House) -> None:
    async with listener(mocks) as mine:
        assert await mine.tickers(10) == DEFAULT * 2
        message = await mine.hear()
    assert list(message) == ["type", "data", "timestamp"]
    kinds = {name: type(value) for name, value in message["data"].items()}
    assert list(kinds.items()) == [
        ("ticker", str), ("name", str), ("price", int), ("change", int), ("change_rate", float),
        ("volume", int), ("bid_price", int), ("ask_price", int),
    ]  # fmt: skip


async def test_every_client_hears_its_own_set(mocks: House) -> None:
    async with listener(mocks) as first, listener(mocks) as second, listener(mocks) as third:
        await first.say("subscribe", ticker="015760")
        await first.say("subscribe", ticker="000660")
        await second.say("unsubscribe", ticker="000660")
        await first.hear_until("subscribed")
        assert (await first.hear_until("subscribed"))["ticker"] == "000660"
        assert (await second.hear_until("unsubscribed"))["ticker"] == "000660"
        assert await first.tickers(4) == ["000660", "015760"] * 2
        assert await second.tickers(8) == [code for code in DEFAULT if code != "000660"] * 2
        assert await third.tickers(10) == DEFAULT * 2


async def test_leaving_the_last_ticker_leaves_silence(mocks: House) -> None:
    async with listener(mocks) as quiet, listener(mocks) as other:
        await quiet.say("subscribe", ticker="005930")
        await quiet.say("unsubscribe", ticker="005930")
        await quiet.hear_until("unsubscribed")
        await other.tickers(10)
        await quiet.say("ping")
        assert (await quiet.hear())["type"] == "pong"


@pytest.mark.parametrize("text", ["{", "", "nonsense", "[]", "7", b"\xff", b"\x00"])
async def test_malformed_json_is_told_and_the_socket_lives_on(
    mocks: House, text: str | bytes
) -> None:
    async with listener(mocks) as mine:
        await mine.socket.send(text)
        assert "JSON" in (await mine.hear_until("error"))["message"]
        await mine.say("ping")
        await mine.hear_until("pong")
        assert sorted(await mine.tickers(5)) == sorted(DEFAULT)


async def test_mistakes_are_told_and_the_socket_lives_on(mocks: House) -> None:
    async with listener(mocks) as mine:
        await mine.say("subscrib", ticker="005930")
        assert '"subscribe"?' in (await mine.hear_until("error"))["message"]
        await mine.say("subscribe", ticker="5930")
        assert '"005930"?' in (await mine.hear_until("error"))["message"]
        await mine.say("subscribe")
        assert "ticker" in (await mine.hear_until("error"))["message"]
        assert sorted(await mine.tickers(5)) == sorted(DEFAULT)


async def test_binary_messages_and_control_frames_are_understood(mocks: House) -> None:
    async with listener(mocks) as mine:
        await mine.socket.send(b'{"type": "ping"}')
        await mine.hear_until("pong")
        async with asyncio.timeout(WAIT_S):
            await (await mine.socket.ping(b"are you there"))


async def test_both_contracts_are_spoken_on_one_port(mocks: House) -> None:
    async with logged_in(mocks) as official, listener(mocks) as older:
        await official.say(registration(["005930"], ["0B", "0D"]))
        assert (await official.hear_until("REG"))["return_code"] == 0
        rows = await official.rows(3)
        assert {row["item"] for row in rows} == {"005930"}
        assert await older.tickers(5) == DEFAULT


async def test_a_path_beside_it_is_not_found(mocks: House) -> None:
    with pytest.raises(InvalidStatus):
        await websockets.connect(f"{mocks.ws_url}/ws/other")


async def test_the_exact_wire_has_no_such_path() -> None:
    with simulator("normal_market", **{"ralph.enabled": False}) as exact:
        with pytest.raises(InvalidStatus) as refused:
            await websockets.connect(f"{exact.ws_url}/ws")
        assert refused.value.response.status_code == 404


async def test_prices_are_those_that_the_official_ids_tell() -> None:
    stepped = {**QUICK, "clock.mode": "stepped"}
    with BackgroundSimulator("normal_market", stepped) as running:
        house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        for _ in range(3):
            await asyncio.to_thread(running.advance, "37s")
            async with listener(house) as mine:
                told = [(await mine.hear())["data"] for _ in DEFAULT]
            with client(house) as rest:
                for data in told:
                    body = {"stk_cd": data["ticker"]}
                    sheet = rest.call("ka10001", "/api/dostk/stkinfo", body).json()
                    book = rest.call("ka10004", "/api/dostk/mrkcond", body).json()
                    assert data == {
                        "ticker": sheet["stk_cd"],
                        "name": sheet["stk_nm"],
                        "price": abs(int(sheet["cur_prc"])),
                        "change": int(sheet["pred_pre"]),
                        "change_rate": float(sheet["flu_rt"]),
                        "volume": int(sheet["trde_qty"]),
                        "bid_price": abs(int(book["buy_fpr_bid"])),
                        "ask_price": abs(int(book["sel_fpr_bid"])),
                    }


async def test_signals_reach_whoever_listens_to_anything() -> None:
    changes = {**QUICK, "ralph.vcp": "100%", "ralph.closing_bet": "100%"}
    with simulator("normal_market", **changes) as house:
        async with listener(house) as mine:
            await mine.say("subscribe", ticker="015760")
            await mine.hear_until("subscribed")
            told = [await mine.hear() for _ in range(6)]
    kinds = ["realtime_price", "vcp_signal", "closing_bet_signal"]
    assert [message["type"] for message in told] == kinds * 2
    assert {message["data"]["ticker"] for message in told[1:3]} <= set(DEFAULT)
    assert list(told[1]["data"]) == [
        "ticker", "name", "pattern_type", "score", "current_price", "pivot_price", "volume_ratio",
        "rsi", "signal_strength", "detected_at",
    ]  # fmt: skip
    assert list(told[2]["data"]) == [
        "ticker", "name", "score", "scores", "current_price", "target_price", "stop_loss",
        "signal_type", "detected_at",
    ]  # fmt: skip


def frames_of_one_client(*, crowd: bool, seed: int = 3) -> list[tuple[int, bytes]]:
    """Return what connection 1 is sent in 20 s, alone or with others around it."""
    scenario = load_scenario("normal_market", overrides={"seed": seed})
    simulation = Simulation(scenario, epoch_ms=0)

    def feed(ms: int, connection: int, **fields: Any) -> None:
        simulation.feed(Record(ms=ms, seq=1, conn=connection, door="ws", **fields))

    def others(ms: int, text: str) -> None:
        if crowd:
            feed(ms, 2, kind="bytes", text=text)

    feed(5, 1, kind="open", path=PATH)
    if crowd:
        feed(7, 2, kind="open", path=PATH)
        feed(8, 3, kind="open", path="/api/dostk/websocket")
    others(1_000, '{"type":"subscribe","ticker":"015760"}')
    feed(3_000, 1, kind="bytes", text='{"type":"subscribe","tickers":["005930","035420"]}')
    others(7_000, '{"type":"subscribe","ticker":"035420"}')
    others(9_000, "nonsense")
    simulation.pump(20_000)
    return [(item.ms, item.frame) for item in simulation.take_frames() if 1 in item.to]


def test_other_clients_change_no_byte_of_what_a_client_hears() -> None:
    alone = frames_of_one_client(crowd=False)
    assert len(alone) > 20
    assert frames_of_one_client(crowd=True) == alone
    assert frames_of_one_client(crowd=False, seed=4) != alone


async def test_a_rule_can_cut_one_client_at_one_ticker(tmp_path: Path) -> None:
    shown = tmp_path / "cut.toml"
    shown.write_text(
        """
schema = 1
[clock]
start = 2026-03-23T09:30:00
[ralph]
interval = "50ms"
vcp = "0%"
closing_bet = "0%"
[[ws]]
id = "cut"
match = { moment = "frame", api = "realtime_price", code = "035420", connection = 1 }
do = { kind = "disconnect", code = 1011, reason = "cut" }
""",
        encoding="utf-8",
    )
    with BackgroundSimulator(shown) as running:
        house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        async with listener(house) as first, listener(house) as second:
            assert await first.tickers(2) == DEFAULT[:2]
            with pytest.raises(ConnectionClosed):
                await first.hear()
            assert (first.socket.close_code, first.socket.close_reason) == (1011, "cut")
            assert len(await second.tickers(10)) == 10
        assert running.faults() == {"cut": 1}


async def test_the_end_of_the_run_says_goodbye() -> None:
    with simulator("normal_market", **QUICK) as ending:
        async with listener(ending) as mine:
            await asyncio.to_thread(ending.stop)
            with suppress(ConnectionClosed):
                while True:
                    await mine.hear()
            assert mine.socket.close_code == 1001


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a run with clients of both contracts."""
    runs = tmp_path_factory.mktemp("runs")
    changes = {**QUICK, "ralph.vcp": "50%", "ralph.closing_bet": "50%", "ralph.interval": "20ms"}

    async def story(house: House) -> None:
        async with listener(house) as first, logged_in(house) as official:
            await official.say(registration(["005930"], ["0B", "0D"]))
            await first.hear_until("closing_bet_signal")
            async with listener(house) as second:
                await second.say("subscribe", tickers=["015760", "005930"])
                await second.hear_until("vcp_signal")
                await second.socket.send("{")
                await second.hear_until("error")
            await first.say("unsubscribe", ticker="005930")
            await first.hear_until("vcp_signal")
            await official.rows(3)

    with BackgroundSimulator("normal_market", changes, runs=runs) as running:
        house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        asyncio.run(story(house))
    (found,) = runs.iterdir()
    return found


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_live_run_is_made_again_in_another_process(recorded: Path, hash_seed: str) -> None:
    digests = RunDirectory(recorded).read_digests()
    assert int(digests["ws.frames"]["count"]) > 50
    done = subprocess.run(
        [sys.executable, "-m", "kiwoom_sim", "replay", str(recorded), "--check"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
