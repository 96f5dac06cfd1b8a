from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds


def plain(text: str) -> int:
    return int(text.lstrip("+-"))


def test_the_book_agrees_with_the_screen_and_the_quote() -> None:
    book = worlds.body_of("ka10004", stk_cd="005930")
    screen = worlds.body_of("ka10007", stk_cd="005930")
    assert book["sel_fpr_bid"] == screen["sel_1bid"]
    assert book["buy_10th_pre_req"] == screen["buy_10bid_req"]
    assert plain(book["sel_fpr_bid"]) > plain(book["buy_fpr_bid"])
    asks = [plain(book[f"sel_{n}th_pre_bid"]) for n in range(2, 11)]
    assert asks == sorted(asks)


def test_levels_of_totals_add_up() -> None:
    screen = worlds.body_of("ka10007", stk_cd="000660")
    for side, total in (("sel", "tot_sel_req"), ("buy", "tot_buy_req")):
        assert sum(int(screen[f"{side}_{n}bid_req"]) for n in range(1, 11)) == int(screen[total])


def test_the_day_line_is_the_newest_day_candle() -> None:
    line = worlds.body_of("ka10006", stk_cd="005930")
    chart = worlds.body_of("ka10081", stk_cd="005930", base_dt="", upd_stkpc_tp="0")
    newest = chart["stk_dt_pole_chart_qry"][0]
    assert line["date"] == newest["dt"]
    assert plain(line["close_pric"]) == int(newest["cur_prc"])
    assert (line["trde_qty"], line["trde_prica"]) == (newest["trde_qty"], newest["trde_prica"])


def test_a_watch_list_keeps_the_order_of_the_request() -> None:
    codes = ["247540", "005930", "069500", "57DFBC"]
    rows = worlds.body_of("ka10095", stk_cd="|".join(codes))["atn_stk_infr"]
    assert [row["stk_cd"] for row in rows] == codes
    assert rows[3]["elwexpr_dt"] == "20260910"
    assert rows[0]["elwexpr_dt"] == "00000000"
    assert rows[3]["delta"] != ""


def test_an_unlisted_code_leaves_a_blank_row() -> None:
    rows = worlds.body_of("ka10095", stk_cd="005930|999999")["atn_stk_infr"]
    assert rows[0]["stk_nm"] == "삼성전자"
    assert set(rows[1].values()) <= {"", "00000000"}


def test_too_many_codes_are_refused_for_good() -> None:
    answer = worlds.ask("ka10095", stk_cd="|".join(["005930"] * 101))
    assert isinstance(answer, Refused)
    assert answer.code == "1634"


def test_unlisted_codes_are_refused() -> None:
    for api_id in ("ka10004", "ka10006", "ka10007"):
        answer = worlds.ask(api_id, stk_cd="999999")
        assert isinstance(answer, Refused)
        assert answer.code == "1902"


def test_a_fund_has_a_liquidity_provider() -> None:
    fund = worlds.body_of("ka10007", stk_cd="069500")
    stock = worlds.body_of("ka10007", stk_cd="005930")
    assert int(fund["lpsel_1bid_req"]) > 0
    assert stock["lpsel_1bid_req"] == "0"


def test_before_the_opening_prices_are_zero_and_the_base_is_the_price() -> None:
    screen = worlds.body_of("ka10007", worlds.views(8, 45), stk_cd="005930")
    assert screen["open_pric"] == "0"
    assert screen["cur_prc"] == screen["pred_close_pric"]
    assert screen["tm"] == ""
    assert screen["exp_cntr_pric"] not in {"", "0", "-0"}
