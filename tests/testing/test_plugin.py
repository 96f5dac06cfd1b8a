"""Check that the fixture gives every test its own simulator and costs others nothing."""

import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator


def post(url: str, body: dict[str, str], **headers: str) -> dict[str, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    members: dict[str, Any] = httpx.post(url, json=body, headers=sent, timeout=30).json()
    return members


Ask = Callable[[str], dict[str, Any]]


def asker(simulator: "BackgroundSimulator") -> Ask:
    body = {"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"}
    token = post(f"{simulator.rest_url}/oauth2/token", body)["token"]

    def ask(code: str) -> dict[str, Any]:
        return post(
            f"{simulator.rest_url}/api/dostk/stkinfo",
            {"stk_cd": code},
            api_id="ka10001",
            authorization=f"Bearer {token}",
        )

    return ask


def test_the_fixture_answers_and_counts(kiwoom_sim: "BackgroundSimulator") -> None:
    quote = asker(kiwoom_sim)("005930")
    assert quote["return_code"] == 0
    assert abs(int(quote["cur_prc"])) > 0
    assert kiwoom_sim.requests("ka10001") == 1
    assert kiwoom_sim.requests() == 2


@pytest.mark.kiwoom_scenario("normal_market", {"wire.limits_enabled": False}, seed=7)
def test_the_marker_changes_the_scenario(kiwoom_sim: "BackgroundSimulator") -> None:
    assert kiwoom_sim.running.scenario.seed == 7
    ask = asker(kiwoom_sim)
    assert {ask("005930")["return_code"] for _ in range(12)} == {0}


def test_the_plugin_loads_nothing_by_itself() -> None:
    code = (
        "import sys, kiwoom_sim.testing.plugin;"
        "heavy = {'numpy', 'litestar', 'uvicorn', 'websockets', 'msgspec'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
