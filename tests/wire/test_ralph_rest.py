"""Check that what worked against the older REST mock works here, through real doors.

The commands are those that its users have in their notes; only host and port are ours.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire.house import WAIT_S, Client, House, client, simulator

SHORT_TOKEN = (
    "curl -X POST http://localhost:5116/oauth2/token"
    ' -H "Content-Type: application/json"'
    """ -d '{"grant_type": "client_credentials", "appkey": "test", "secretkey": "test"}'"""
)
TOKEN = r"""curl -X POST http://localhost:5116/oauth2/token \
  -H "Content-Type: application/json" \
  -d '{
    "grant_type": "client_credentials",
    "appkey": "test_key",
    "secretkey": "test_secret"
  }'"""
PRICE = r"""curl -X POST http://localhost:5116/api/dostk/ka10001 \
  -H "Authorization: Bearer mock_token" \
  -H "api-id: ka10001" \
  -H "Content-Type: application/json" \
  -d '{
    "jsonrpc": "2.0",
    "method": "t0414",
    "params": {
      "t0414InBlock": {"shcode": "005930"}
    },
    "id": 1
  }'"""
HEALTH = "curl http://localhost:5116/", "curl http://localhost:5117/health"
OLD_DOORS = {"http://localhost:5116": "rest_url", "http://localhost:5117": "ws_url"}
DAYS_PATH = "/api/dostk/ka10081"


def curl(command: str, house: House) -> dict[str, Any]:
    """Run a command of the older guide against a simulator and return the answer's body."""
    if shutil.which("curl") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("curl is missing")
        pytest.skip("curl is missing")
    (old,) = (door for door in OLD_DOORS if door in command)
    ours = getattr(house, OLD_DOORS[old]).replace("ws://", "http://")
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace(old, ours)],
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        check=False,
        timeout=WAIT_S,
    )
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert isinstance(body, dict)
    return body


@pytest.mark.system
@pytest.mark.parametrize("command", [SHORT_TOKEN, TOKEN])
def test_the_token_command_gets_the_official_answer(house: House, command: str) -> None:
    body = curl(command, house)
    assert list(body) == ["expires_dt", "token_type", "token", "return_code", "return_msg"]
    assert body["return_code"] == 0


@pytest.mark.system
def test_the_price_command_gets_a_price_without_a_real_token(house: House) -> None:
    body = curl(PRICE, house)
    assert body["return_code"] == 0
    line = body["result"]["t0414"]
    assert line[:2] == ["005930", "삼성전자"]
    assert len(line) == 8
    price, _, _, bid, ask, volume = (float(text) for text in line[2:])
    assert 0 < bid < ask
    assert price > 0
    assert volume > 0


@pytest.mark.system
@pytest.mark.parametrize("command", HEALTH)
def test_the_health_commands_are_answered(house: House, command: str) -> None:
    assert curl(command, house)["status"]


class OldClient:
    """Behave as the client of the older system: a token first, then plain posts."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=WAIT_S, trust_env=False)
        self.token = ""

    def login(self, grant: str = "client_credentials") -> dict[str, Any]:
        keys = {"grant_type": grant, "appkey": "old-key", "secretkey": "old-secret"}
        answer = self.http.post("/oauth2/token", json=keys)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        assert body.get("return_code", -1) == 0
        self.token = body["token"]
        return body

    def post(self, path: str, body: object) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.http.post(path, json=body, headers=headers)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        assert told.get("return_code", -1) == 0
        return told

    def price(self, code: str) -> dict[str, float]:
        body = {"jsonrpc": "2.0", "method": "t0414", "params": {"t0414InBlock": {"shcode": code}}}
        line = self.post("/api/dostk/ka10001", body).get("result", {}).get("t0414", [])
        names = ("price", "change", "rate", "bid", "ask", "volume")
        return dict(zip(names, map(float, line[2:]), strict=True))

    def days(self, code: str) -> list[dict[str, float]]:
        body = {"stk_cd": code, "base_dt": "20991231", "upd_stkpc_tp": "1"}
        rows = self.post(DAYS_PATH, body).get("stk_dt_pole_chart_qry", [])
        return [
            {
                "date": int(row["dt"]),
                "open": float(row.get("open_pric", "0") or "0"),
                "close": float(row.get("cur_prc", "0") or "0"),
                "volume": int(row.get("trde_qty", "0") or "0"),
                "change": int(row.get("pred_pre", "0") or "0"),
                "turnover_rate": float(row.get("trde_tern_rt", "0") or "0"),
            }
            for row in rows
        ]

    def index_days(self, code: str) -> list[float]:
        body = {
            "stk_cd": code, "inq_strt_dt": "20260302", "inq_end_dt": "20260313", "data_tp": "01",
            "isu_cd_tp": "02", "cont_yn": "N", "next_key": "",
        }  # fmt: skip
        return [float(row["cls_prc"]) for row in self.post(DAYS_PATH, body)["dtal_1"]]

    def investors(self, code: str, day: str) -> list[tuple[int, ...]]:
        rows = self.post("/api/dostk/chart", {"dt": day, "stk_cd": code})["stk_invsr_orgn_chart"]
        names = ("ind_invsr", "frgnr_invsr", "orgn", "trst", "pens", "fin", "ins", "etc_fin")
        return [
            (
                int(row["cur_prc"].replace("+", "").replace("-", "")),
                int(row["pred_pre"].replace("+", "")),
                *(int(row[name]) for name in names),
            )
            for row in rows
        ]

    def stocks(self, market: str) -> dict[str, str]:
        rows = self.post("/api/dostk/stkinfo", {"mrkt_tp": market})["list"]
        return {row["code"].zfill(6): row["name"] for row in rows}


def test_a_client_of_the_older_system_reads_one_consistent_market(house: House) -> None:
    old = OldClient(house.rest_url)
    with old.http:
        old.login()
        days = old.days("005930")
        quote = old.price("005930")
        assert 36 <= len(days) <= 43
        assert [day["date"] for day in days] == sorted({day["date"] for day in days})
        base = quote["price"] - quote["change"]
        assert base == days[-2]["close"]
        assert quote["rate"] == pytest.approx(100 * quote["change"] / base, abs=0.006)
        assert quote["volume"] >= days[-1]["volume"] > 0
        assert len(old.index_days("KS11")) == 9
        investors = old.investors("005930", str(days[-2]["date"]))
        assert len(investors) == 10
        assert investors[0][:2] == (days[-2]["close"], days[-2]["change"])
        listed = old.stocks("0"), old.stocks("10")
        assert listed[0]["005930"] == "삼성전자"
        assert not set(listed[0]) & set(listed[1])
        first = old.token
        body = old.login("refresh_token")
        assert (body["token"], 0 < body["expires_in"] <= 86_400) == (first, True)


def test_both_contracts_show_the_same_history(house: House) -> None:
    asked = {"stk_cd": "000660", "base_dt": "20260320", "upd_stkpc_tp": "1"}
    with client(house) as caller:
        official = caller.call("ka10081", "/api/dostk/chart", asked).json()
        older = caller.call("", DAYS_PATH, asked).json()
    rows = older["stk_dt_pole_chart_qry"]
    for row, other in zip(reversed(rows), official["stk_dt_pole_chart_qry"], strict=False):
        assert (row["dt"], row["cur_prc"], row["trde_qty"]) == (
            other["dt"], other["cur_prc"], other["trde_qty"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/api/dostk/ka10001", b"{}", {}, 401),
        ("POST", "/api/dostk/chart", b"{}", {}, 401),
        ("POST", "/api/dostk/ka10001", b"{", {"authorization": "Bearer x"}, 400),
        ("POST", "/api/dostk/ka10001", b"{}", {"authorization": "Bearer x"}, 400),
        ("GET", "/api/dostk/ka10081", b"", {"authorization": "Bearer x"}, 405),
        ("GET", "/api/dostk/chart", b"", {}, 405),
        ("POST", "/api/dostk/ka99999", b"{}", {"authorization": "Bearer x"}, 404),
    ],
)
def test_mistakes_are_told_as_the_older_mock_told_them(
    house: House, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = httpx.request(
        method, house.rest_url + path, content=body, headers=headers, trust_env=False
    )
    told = answer.json()
    assert answer.status_code == status
    assert told["detail"] == told["return_msg"]
    assert told["return_code"] > 0


def test_switched_off_the_wire_is_the_official_one() -> None:
    with simulator("normal_market", **{"ralph.enabled": False}) as plain, client(plain) as caller:
        asked = {"stk_cd": "005930", "dt": "20260323"}
        for path in (DAYS_PATH, "/api/dostk/chart", "/api/dostk/stkinfo"):
            answer = caller.call("", path, asked)
            assert (answer.status_code, "[1501:" in answer.json()["return_msg"]) == (200, True)
        grant = {**caller.keys, "grant_type": "refresh_token"}
        answer = caller.http.post("/oauth2/token", json=grant)
        assert "[8012:" in answer.json()["return_msg"]


TROUBLE = """
schema = 1
seed = 5
[clock]
start = 2026-03-23T10:00:00
mode = "stepped"
[market]
symbols = ["005930", "000660"]
[[rule]]
id = "chart down"
match = { api = "ka10081" }
do = { kind = "http_error", status = 503 }
"""


def test_a_rule_about_an_api_hits_both_contracts_and_both_are_counted(tmp_path: Path) -> None:
    story = tmp_path / "story.toml"
    story.write_text(TROUBLE)
    asked = {"stk_cd": "005930", "base_dt": "20260323", "upd_stkpc_tp": "1"}
    with BackgroundSimulator(story) as sim:
        house = House(rest_url=sim.rest_url, ws_url=sim.ws_url, stop=lambda: None)
        with Client(house) as caller:
            caller.login()
            statuses = [
                caller.call("ka10081", "/api/dostk/chart", asked).status_code,
                caller.call("", DAYS_PATH, asked).status_code,
                caller.call("", DAYS_PATH, {"stk_cd": "KS11", "isu_cd_tp": "02"}).status_code,
                caller.call(
                    "", "/api/dostk/chart", {"stk_cd": "005930", "dt": "20260323"}
                ).status_code,
            ]
        assert statuses == [503, 503, 200, 200]
        assert [sim.requests(api) for api in ("ka10081", "ka20006", "ka10060")] == [2, 1, 1]


def test_a_recorded_run_of_the_older_contract_is_reproduced(tmp_path: Path) -> None:
    with BackgroundSimulator("normal_market", {"seed": 9}, runs=tmp_path / "runs") as sim:
        old = OldClient(sim.rest_url)
        with old.http:
            old.http.post("/api/dostk/ka10001", json={})
            old.token = "mock_token"
            for code in ("005930", "000660"):
                old.price(code)
                old.days(code)
            old.login()
            old.login("refresh_token")
            old.investors("005930", "20260323")
            old.stocks("10")
            old.post("/api/dostk/stkinfo", {"stk_cd": "KS11"})
            old.index_days("KQ11")
    (kept,) = (tmp_path / "runs").iterdir()
    recorded = RunDirectory(kept)
    trace = "".join(path.read_text() for path in kept.glob("trace*"))
    assert "refresh_token" in trace
    assert "mock_token" not in trace
    assert "old-secret" not in trace
    compared = replay(recorded, tmp_path / "again")
    assert (compared.differing, compared.first) == ((), "")
    assert compared.digests["rest.bodies"] == recorded.read_digests()["rest.bodies"]
    assert compared.digests["rest.bodies"]["count"] == 11  # type: ignore[index] # digests are untyped JSON
