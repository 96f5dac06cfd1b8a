import json

import pytest

from kiwoom_sim.cli import apis
from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")


def test_every_documented_api_and_type_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "--json"]) == Exit.OK
    entries = json.loads(capsys.readouterr().out)["result"]
    ids = [entry["id"] for entry in entries]
    assert {"au10001", "ka10081", "0B"} <= set(ids)
    assert len(ids) == len(set(ids)) >= 337


def test_a_search_looks_at_names_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "--search", "일봉"]) == Exit.OK
    assert "ka10081\t주식일봉차트조회요청" in capsys.readouterr().out
    assert main(["apis", "--search", "STK_DT_POLE", "--json"]) == Exit.OK
    assert main(["apis", "--search", "upd_stkpc_tp"]) == Exit.OK
    assert "ka10081" in capsys.readouterr().out
    assert main(["apis", "--search", "no such words"]) == Exit.OK
    assert "nothing found" in capsys.readouterr().err


def test_only_served_ones_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "--served", "--json"]) == Exit.OK
    entries = json.loads(capsys.readouterr().out)["result"]
    assert entries
    assert all(entry["served"] for entry in entries)


@pytest.mark.parametrize("api", ["ka10081", "0B"])
def test_one_api_is_shown_with_its_fields(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", api]) == Exit.OK
    assert capsys.readouterr().out.startswith(f"{api}  ")
    assert main(["apis", api, "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["id"] == api
    assert result.get("request") or result.get("values")


def test_an_api_that_is_not_served_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    unserved = next(spec for spec in apis.all_specs() if not spec.served)
    assert main(["apis", apis.id_of(unserved)]) == Exit.OK
    assert "not served yet" in capsys.readouterr().out


def test_an_unknown_id_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "ka1O081"]) == Exit.USAGE
    assert 'did you mean "ka10081"?' in capsys.readouterr().err
    assert main(["apis", "zz", "--json"]) == Exit.USAGE
    told = capsys.readouterr().out
    assert not json.loads(told)["ok"]
    assert "did you mean" not in told


def test_the_parts_of_a_message_are_named() -> None:
    spec = next(spec for spec in apis.all_specs() if apis.id_of(spec) == "ka10081")
    names = [section.name for section in apis.sections_of(spec)]
    assert names == ["request", "reply", "row of stk_dt_pole_chart_qry"]
