"""Check that one API can be called, here or there."""

import json
from typing import TYPE_CHECKING

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator


def test_a_fresh_simulation_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "ka10001", "stk_cd=005930"]) == Exit.OK
    told = capsys.readouterr()
    assert json.loads(told.out)["stk_cd"] == "005930"
    assert "HTTP 200" in told.err


def test_pages_follow_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["call", "ka10081", "stk_cd=005930", "base_dt=20260323", "upd_stkpc_tp=1", "--json"]
    assert main(call) == Exit.OK
    first = json.loads(capsys.readouterr().out)["result"]
    assert first["headers"]["cont-yn"] == "Y"
    assert main([*call, "--next-key", first["headers"]["next-key"]]) == Exit.OK
    second = json.loads(capsys.readouterr().out)["result"]
    [rows] = [value for value in first["body"].values() if isinstance(value, list)]
    [older] = [value for value in second["body"].values() if isinstance(value, list)]
    assert older[0]["dt"] < rows[-1]["dt"]


def test_a_running_simulator_answers(
    kiwoom_sim: "BackgroundSimulator", capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", "ka10001", "stk_cd=005930", "--url", kiwoom_sim.rest_url]) == Exit.OK
    token_call = ["call", "au10001", "grant_type=client_credentials", "--json"]
    assert main([*token_call, "--url", kiwoom_sim.rest_url]) == Exit.OK
    envelope = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(envelope)["result"]["body"]["token_type"] == "bearer"
    assert kiwoom_sim.requests("ka10001") == 1


def test_a_refusal_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "ka10001"]) == Exit.FAILED
    assert "1511" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["ka99999"], Exit.USAGE, "ka99999"),
        (["ka10001", "005930"], Exit.USAGE, "name=value"),
        (["ka10001", "--url", "ftp://x"], Exit.USAGE, "http://"),
        (["ka10001", "--url", "http://127.0.0.1:1"], Exit.CANNOT_START, "127.0.0.1:1"),
        (["ka10001", "--scenario", "nowhere"], Exit.USAGE, "nowhere"),
    ],
)
def test_mistakes_are_explained(
    arguments: list[str], code: Exit, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", *arguments]) == code
    told = capsys.readouterr().err
    assert hint in told
    assert "Traceback" not in told
