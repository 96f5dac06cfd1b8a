import pytest

from kiwoom_sim.protocol.queries.listings import MARKETS, market_of, state_text
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds


@pytest.mark.parametrize("code", [code for code, _ in MARKETS.values()])
def test_a_market_lists_its_own_instruments_in_code_order(code: str) -> None:
    rows = worlds.body_of("ka10099", mrkt_tp=code)["list"]
    listed = {
        each.code for each in worlds.market().universe.instruments if market_of(each)[0] == code
    }
    assert {row["code"] for row in rows} == listed
    assert [row["code"] for row in rows] == sorted(listed)
    assert {row["marketCode"] for row in rows} <= {code}


def test_padding_and_previous_close() -> None:
    rows = worlds.body_of("ka10099", mrkt_tp="0")["list"]
    row = next(row for row in rows if row["code"] == "005930")
    assert len(row["listCount"]) == 16
    assert len(row["lastPrice"]) == 8
    assert int(row["lastPrice"]) == int(
        worlds.body_of("ka10007", stk_cd="005930")["pred_close_pric"]
    )
    assert row["state"] == "증거금40%|담보대출|신용가능"
    assert row == worlds.body_of("ka10100", stk_cd="005930")


def test_a_market_without_instruments_is_empty() -> None:
    assert worlds.body_of("ka10099", mrkt_tp="50")["list"] == []


def test_restrictions_show_in_the_state() -> None:
    halted = worlds.market().universe.by_code["000040"]
    assert state_text(halted, halted.flags).startswith("거래정지|")
    assert "신용가능" not in state_text(halted, halted.flags)


def test_sectors_of_a_market() -> None:
    rows = worlds.body_of("ka10101", mrkt_tp="0")["list"]
    assert rows[0] == {"marketCode": "0", "code": "001", "name": "종합(KOSPI)", "group": "1"}
    assert worlds.body_of("ka10101", mrkt_tp="x")["list"] == []


def test_an_unlisted_code_is_refused() -> None:
    assert isinstance(worlds.ask("ka10100", stk_cd="999999"), Refused)
