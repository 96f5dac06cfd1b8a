"""Run the example package of hooks, and one that breaks, with a client at real sockets."""

import json
import tomllib
from pathlib import Path

import pytest
from websockets.sync.client import connect

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.protocol import loader
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.scenario.hooks import VARIABLE
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.packages import install
from tests.wire.house import SOCKET_PATH, WAIT_S, Client, House, client

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "hooks"
BROKEN = """
schema = 1
extends = "normal_market"
[[rule]]
id = "before"
match = { api = "ka10001" }
do = { kind = "hook", name = "broken" }
[[rule]]
id = "after"
match = { api = "ka10081" }
do = { kind = "hook", name = "broken", at = "after" }
[[ws]]
id = "login"
match = { api = "LOGIN", moment = "message" }
do = { kind = "hook", name = "broken" }
"""


def points() -> dict[str, str]:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = project["entry-points"]["kiwoom_sim.hooks"]
    return found


def rows(caller: Client) -> int:
    body = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
    return len(caller.call("ka10081", "/api/dostk/chart", body).json()["stk_dt_pole_chart_qry"])


def prices(ws_url: str, token: str, count: int) -> list[int]:
    """Return the prices of the first pushes."""
    data = [{"item": ["005930", "000660"], "type": ["0B"]}]
    found: list[int] = []
    with connect(f"{ws_url}{SOCKET_PATH}", proxy=None) as socket:
        socket.send(json.dumps({"trnm": "LOGIN", "token": token}))
        socket.send(json.dumps({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data}))
        while len(found) < count:
            message = json.loads(socket.recv(WAIT_S))
            pushed = message["data"] if message["trnm"] == "REAL" else []
            found += [abs(int(row["values"]["10"])) for row in pushed]
    return found


def test_the_example_runs_and_replays_only_when_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (EXAMPLE / "my_hooks.py").read_text(encoding="utf-8")
    install(tmp_path, monkeypatch, "my_hooks", points(), code)
    with pytest.raises(ScenarioError, match="allow it with --allow-hooks"):
        BackgroundSimulator(EXAMPLE / "odd_broker.toml")
    monkeypatch.setenv(VARIABLE, "1")
    changes = {"wire.limits_enabled": False, "clock.mode": "scaled", "clock.speed": 20}
    with BackgroundSimulator(EXAMPLE / "odd_broker.toml", changes, runs=tmp_path / "r") as running:
        house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        with client(house) as caller:
            codes = [caller.quote().status_code for _ in range(20)]
            assert {200, 429} == set(codes)
            spec = loader.spec("ka10081")
            assert spec is not None
            assert rows(caller) == spec.page_size - 1
            assert {price % 500 for price in prices(running.ws_url, caller.token, 5)} == {0}
        directory = running.running.directory
        faults = running.running.faults()
    assert directory is not None
    assert faults["lost-row"] == 1
    assert faults["rounded"] >= 5
    assert 5 <= faults["busy"] <= 20
    (tmp_path / "again").mkdir()
    found = replay(directory, tmp_path / "again")
    assert (found.compared, found.differing) == (True, ())
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(
        ScenarioError, match=r"scenario\.toml:\d+: rule\[0\].*allow it with --allow"
    ):
        replay(directory, tmp_path / "again")


def test_a_hook_that_breaks_is_an_internal_error_and_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "def broken(call):\n    return call.args['rows']\n"
    install(tmp_path, monkeypatch, "hooks_that_break", {"broken": "hooks_that_break:broken"}, code)
    monkeypatch.setenv(VARIABLE, "1")
    scenario = tmp_path / "broken.toml"
    scenario.write_text(BROKEN, encoding="utf-8")
    with BackgroundSimulator(scenario, runs=tmp_path / "r") as running:
        house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        with client(house) as caller:
            body = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
            chart = caller.call("ka10081", "/api/dostk/chart", body)
            for answer in (caller.quote(), chart):
                assert answer.json()["return_code"] == 1
                assert "1999" in answer.json()["return_msg"]
            with connect(f"{running.ws_url}{SOCKET_PATH}", proxy=None) as socket:
                socket.send(json.dumps({"trnm": "LOGIN", "token": caller.token}))
                told = json.loads(socket.recv(WAIT_S))
                assert (told["trnm"], told["return_code"]) == ("LOGIN", 1)
                assert "1999" in told["return_msg"]
        directory = running.running.directory
    assert directory is not None
    events = (directory.journal / "events.jsonl").read_text(encoding="utf-8")
    failed = [json.loads(line)["detail"] for line in events.splitlines() if "hook_failed" in line]
    assert [(detail["rule"], detail["error"]) for detail in failed] == [
        (rule, "KeyError: 'rows'") for rule in ("after", "before", "login")
    ]
    assert "in broken" in (directory.path / "log.txt").read_text(encoding="utf-8")
