"""Rebuild one market hour of twenty symbols from captured bytes and find no contradiction."""

import hashlib
import json
from collections import defaultdict

import pytest
from msgspec.structs import replace

from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.wire.rebuild import Observer

SYMBOLS = (
    "005930", "000660", "035420", "051910", "006400", "005380", "035720", "068270", "105560",
    "055550", "247540", "086520", "039490", "066570", "012330", "096770", "017670", "003550",
    "034730", "196170",
)  # fmt: skip
LISTENERS = 20
HOUR_MS = 3_600_000
STEP_MS = 60_000
PATHS = {
    "ka10001": "/api/dostk/stkinfo",
    "ka10003": "/api/dostk/stkinfo",
    "ka10004": "/api/dostk/mrkcond",
    "ka10080": "/api/dostk/chart",
    "ka10081": "/api/dostk/chart",
}


class Script:
    """Feed records to a simulation and collect what it says."""

    def __init__(self, scenario: Scenario, symbols: tuple[str, ...] = SYMBOLS) -> None:
        self.symbols = symbols
        self.bars_every_ms = 10 * STEP_MS
        wire = replace(scenario.wire, ping_interval_ms=2 * HOUR_MS, limits_enabled=False)
        self.simulation = Simulation(replace(scenario, wire=wire), epoch_ms=1_774_258_200_000)
        self.sequence = 0
        self.token = ""

    def record(self, ms: int, **details: object) -> Record:
        self.sequence += 1
        return Record(ms=ms, seq=self.sequence, **details)  # type: ignore[arg-type]

    def call(self, ms: int, api_id: str, path: str, body: dict[str, str]) -> bytes:
        headers = {"api-id": api_id, "authorization": f"Bearer {self.token}"}
        text = json.dumps(body)
        reply = self.simulation.feed(self.record(
            ms, conn=1, kind="bytes", door="rest", method="POST", path=path, headers=headers,
            text=text,
        ))  # fmt: skip
        assert reply is not None
        return reply.body

    def login(self, appkey: str) -> None:
        keys = {"grant_type": "client_credentials", "appkey": appkey, "secretkey": "secret"}
        self.token = json.loads(self.call(1, "", "/oauth2/token", keys))["token"]

    def listen(self, connection: int, ms: int) -> None:
        path = "/api/dostk/websocket"
        messages = [
            {"trnm": "LOGIN", "token": self.token},
            {"trnm": "REG", "grp_no": "1", "refresh": "1",
             "data": [{"item": list(self.symbols), "type": ["0B", "0C", "0D"]}]},
        ]  # fmt: skip
        self.simulation.feed(self.record(ms, conn=connection, kind="open", door="ws", path=path))
        for message in messages:
            self.simulation.feed(self.record(
                ms, conn=connection, kind="bytes", door="ws", text=json.dumps(message)
            ))  # fmt: skip

    def ask_everything(self, ms: int, observer: Observer) -> None:
        bodies = {
            "ka10001": {},
            "ka10003": {},
            "ka10004": {},
            "ka10080": {"tic_scope": "1", "upd_stkpc_tp": "1"},
            "ka10081": {"base_dt": "20260323", "upd_stkpc_tp": "1"},
        }
        for code in self.symbols:
            for api_id, more in bodies.items():
                if api_id in {"ka10080", "ka10081"} and ms % self.bars_every_ms:
                    continue
                body = self.call(ms, api_id, PATHS[api_id], {"stk_cd": code, **more})
                observer.reply(api_id, code, body)


@pytest.fixture(scope="module")
def hour() -> tuple[Observer, dict[int, str]]:
    script, observer = Script(load_scenario("normal_market")), Observer()
    heard: dict[int, hashlib._Hash] = defaultdict(hashlib.sha256)
    for listener in range(1, LISTENERS + 1):
        script.login(f"key-{listener}")
        script.listen(listener, 1)
    for ms in range(STEP_MS, HOUR_MS + 1, STEP_MS):
        script.simulation.pump(ms)
        for item in script.simulation.take_frames():
            if item.cause == "tick" and 1 in item.to:
                observer.frame(item.frame)
            for connection in item.to:
                if item.cause == "tick":
                    heard[connection].update(item.frame)
        script.ask_everything(ms, observer)
    return observer, {listener: digest.hexdigest() for listener, digest in heard.items()}


def test_bytes_contradict_each_other_nowhere(hour: tuple[Observer, dict[int, str]]) -> None:
    observer, _ = hour
    assert observer.contradictions[:10] == []


def test_enough_was_compared(hour: tuple[Observer, dict[int, str]]) -> None:
    observer, _ = hour
    for what in ("running volume", "minute bar", "quote", "order book", "best of the depth",
                 "last trades", "day bar", "moved quotes"):  # fmt: skip
        assert observer.compared[what] >= 40, what
    assert len(observer.symbols) == len(SYMBOLS)


def test_twenty_listeners_hear_the_same(hour: tuple[Observer, dict[int, str]]) -> None:
    _, heard = hour
    assert len(heard) == LISTENERS
    assert len(set(heard.values())) == 1
