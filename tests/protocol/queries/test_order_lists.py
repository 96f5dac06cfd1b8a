"""Check which orders each list shows, and in which order."""

from kiwoom_sim.engine.views import Views
from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds
from tests.protocol.traded import OWNER, cancel, opened, place

NOW = worlds.views(10, 0).now_ms
BID = worlds.market().book("005930", NOW).bids[4].price


def seen() -> Views:
    """Return an account: 1 filled, 2 open, 3 sold, 4 open and then cancelled, 5 the cancel."""
    desk = opened(worlds.market(), NOW)
    place(desk, NOW, "005930", 10)
    place(desk, NOW, "005930", 3, BID)
    place(desk, NOW, "005930", 4, side=Side.SELL)
    cancel(desk, NOW, place(desk, NOW, "000660", 1, low("000660")))
    return Views(worlds.market(), NOW, desk.statement(OWNER))


def low(symbol: str) -> int:
    return worlds.market().book(symbol, NOW).bids[6].price


def numbers(api_id: str, **body: str) -> list[str]:
    name = {"ka10075": "oso", "ka10076": "cntr", "kt00007": "acnt_ord_cntr_prps_dtl"}[api_id]
    return [row["ord_no"][-1] for row in worlds.body_of(api_id, seen(), **body)[name]]


def test_open_orders_are_those_that_may_still_trade() -> None:
    assert numbers("ka10075", all_stk_tp="0", trde_tp="0", stex_tp="0") == ["2"]
    assert numbers("ka10075", all_stk_tp="1", trde_tp="2", stex_tp="1", stk_cd="005930") == ["2"]


def test_an_account_without_open_orders_is_an_error() -> None:
    desk = opened(worlds.market(), NOW)
    at = Views(worlds.market(), NOW, desk.statement(OWNER))
    assert worlds.ask("ka10075", at) == Refused("571758")
    assert worlds.ask("ka10075", seen(), trde_tp="1") == Refused("571758"), "no sale is open"


def test_filled_orders_come_newest_first_and_can_be_chosen() -> None:
    assert numbers("ka10076", qry_tp="0", sell_tp="0", stex_tp="0") == ["3", "1"]
    assert numbers("ka10076", qry_tp="0", sell_tp="1", stex_tp="0") == ["3"]
    assert numbers("ka10076", qry_tp="1", sell_tp="0", stex_tp="0", stk_cd="000660") == []
    assert numbers("ka10076", qry_tp="0", sell_tp="0", stex_tp="2") == []
    assert numbers("ka10076", qry_tp="0", sell_tp="0", stex_tp="0", ord_no="0000003") == ["1"]


def test_the_orders_of_a_day_as_asked_for() -> None:
    every = {"stk_bond_tp": "0", "sell_tp": "0", "dmst_stex_tp": "%"}
    assert numbers("kt00007", qry_tp="1", **every) == ["1", "2", "3", "4", "5"]
    assert numbers("kt00007", qry_tp="2", **every) == ["5", "4", "3", "2", "1"]
    assert numbers("kt00007", qry_tp="3", **every) == ["2"]
    assert numbers("kt00007", qry_tp="4", **every) == ["1", "3"]
    assert numbers("kt00007", qry_tp="1", **(every | {"sell_tp": "1"})) == ["3"]
    assert numbers("kt00007", qry_tp="1", stk_cd="A000660", **every) == ["4", "5"]
    assert numbers("kt00007", qry_tp="1", fr_ord_no="0000004", **every) == ["4", "5"]
    assert numbers("kt00007", qry_tp="1", **(every | {"dmst_stex_tp": "NXT"})) == []
    assert numbers("kt00007", qry_tp="1", ord_dt="20260320", **every) == []
    refused = worlds.ask("kt00007", seen(), ord_dt="2026-03-20", qry_tp="1", **every)
    assert isinstance(refused, Refused)


def test_a_cancel_shows_its_original_and_what_it_took_back() -> None:
    row = worlds.body_of("kt00007", seen(), qry_tp="2")["acnt_ord_cntr_prps_dtl"][0]
    assert (row["ori_ord"], row["mdfy_cncl"], int(row["cnfm_qty"])) == ("0000004", "취소", 1)
    assert row["cnfm_tm"] == "10:00:23"
    assert row["stk_cd"] == "A000660"


def test_the_status_of_a_day_sums_what_was_traded() -> None:
    every = {"stk_bond_tp": "0", "mrkt_tp": "0", "sell_tp": "0", "dmst_stex_tp": "%"}
    body = worlds.body_of("kt00009", seen(), qry_tp="1", **every)
    rows = body["acnt_ord_cntr_prst_array"]
    assert [row["ord_no"][-1] for row in rows] == ["1", "3"]
    sums = [int(row["cntr_qty"]) * int(row["cntr_uv"]) for row in rows]
    assert [int(body["buy_engg_amt"]), int(body["sell_grntl_engg_amt"])] == sums
    assert int(body["engg_amt"]) == sum(sums)
    assert worlds.ask("kt00009", seen(), ord_dt="20260320", qry_tp="0", **every) == Refused(
        "501724"
    )
    assert isinstance(worlds.ask("kt00009", seen(), ord_dt="x", qry_tp="0", **every), Refused)
