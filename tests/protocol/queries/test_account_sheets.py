"""Check an account's sheets against what was traded, by hand."""

from kiwoom_sim.engine.views import Views
from kiwoom_sim.exchange.order_types import Side
from tests.protocol import worlds
from tests.protocol.traded import OWNER, opened, place

NOW = worlds.views(10, 0).now_ms


def after(*trades: tuple[int, Side]) -> Views:
    desk = opened(worlds.market(), NOW, 10_000_000)
    for quantity, side in trades:
        place(desk, NOW, "005930", quantity, side=side)
    return Views(worlds.market(), NOW, desk.statement(OWNER))


def test_a_fresh_account_has_its_money_and_nothing_else() -> None:
    money = worlds.body_of("kt00001", after())
    assert {money[name] for name in ("entr", "ord_alow_amt", "pymn_alow_amt", "d2_entra")} == {
        "000000010000000"
    }
    assert int(money["profa_ch"]) == 0
    held = worlds.body_of("kt00018", after())
    assert held["acnt_evlt_remn_indv_tot"] == []
    assert (held["tot_prft_rt"], int(held["prsm_dpst_aset_amt"])) == ("0.00", 10_000_000)
    assert len(worlds.body_of("ka00001", after())["acctNo"]) == 10


def test_a_purchase_is_paid_two_sessions_later() -> None:
    ask = worlds.market().book("005930", NOW).asks[0].price
    money = worlds.body_of("kt00001", after((10, Side.BUY)))
    commission = ask * 10 * 15 // 100_000 // 10 * 10
    paid = ask * 10 + commission
    assert int(money["entr"]) == int(money["d1_entra"]) == 10_000_000
    assert int(money["d2_entra"]) == int(money["ord_alow_amt"]) == 10_000_000 - paid
    assert money["d2_buy_exct_amt"] == f"-{paid:014d}"


def test_a_position_shows_its_worth_after_all_costs() -> None:
    market = worlds.market()
    ask, last = market.book("005930", NOW).asks[0].price, market.quote("005930", NOW).last
    row = worlds.body_of("kt00018", after((10, Side.BUY), (4, Side.SELL)))[
        "acnt_evlt_remn_indv_tot"
    ][0]
    assert (row["stk_cd"], int(row["rmnd_qty"]), int(row["pur_pric"])) == ("A005930", 6, ask)
    costs = int(row["pur_cmsn"]) + int(row["sell_cmsn"]) + int(row["tax"])
    assert int(row["tax"]) == last * 6 * 20 // 10_000
    assert int(row["evltv_prft"]) == (last - ask) * 6 - costs
    assert (int(row["tdy_buyq"]), int(row["tdy_sellq"]), row["poss_rt"]) == (10, 4, "100.00")


def test_every_sheet_tells_the_same_of_one_account() -> None:
    at = after((10, Side.BUY), (4, Side.SELL))
    money, held = worlds.body_of("kt00001", at), worlds.body_of("kt00018", at)
    row = held["acnt_evlt_remn_indv_tot"][0]
    whole, fills = worlds.body_of("kt00004", at), worlds.body_of("kt00005", at)
    assert int(whole["d2_entra"]) == int(fills["entr_d2"]) == int(money["d2_entra"])
    assert int(whole["prsm_dpst_aset_amt"]) == int(held["prsm_dpst_aset_amt"])
    assert whole["acnt_nm"] == "홍길동"
    for other in (whole["stk_acnt_evlt_prst"][0], fills["stk_cntr_remn"][0]):
        assert (int(other["setl_remn"]), int(other["pur_amt"])) == (0, int(row["pur_amt"]))
        assert float(other["pl_rt"]) == float(row["prft_rt"])
    line = worlds.body_of("ka10085", at)["acnt_prft_rt"][0]
    assert (line["stk_cd"], line["rmnd_qty"], line["clrn_alow_qty"]) == ("005930", "6", "6")
    assert int(line["tdy_trde_tax"]) > 0
