from kiwoom_sim.protocol.queries.indices import is_closing, marked
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds

KOSPI = {"mrkt_tp": "0", "inds_cd": "001"}


def test_the_sheet_begins_with_its_newest_value() -> None:
    body = worlds.body_of("ka20001", **KOSPI)
    rows = body["inds_cur_prc_tm"]
    assert len(rows) == 20
    assert rows[0]["cur_prc_n"] == body["cur_prc"]
    assert [row["tm_n"] for row in rows] == sorted((row["tm_n"] for row in rows), reverse=True)
    assert "." in body["cur_prc"]


def test_the_breadth_counts_every_member() -> None:
    body = worlds.body_of("ka20001", **KOSPI)
    counted = sum(int(body[name]) for name in ("upl", "rising", "stdns", "fall", "lst"))
    listed = next(
        row
        for row in worlds.body_of("ka20003", inds_cd="001")["all_inds_idex"]
        if row["stk_cd"] == "001"
    )
    assert counted >= int(listed["flo_stk_num"]) > 0
    assert listed["cur_prc"] == body["cur_prc"]
    assert listed["wght"] == "+100.00"


def test_the_list_has_the_indices_of_one_market() -> None:
    kospi = worlds.body_of("ka20003", inds_cd="001")["all_inds_idex"]
    kosdaq = worlds.body_of("ka20003", inds_cd="101")["all_inds_idex"]
    assert kospi[0]["stk_cd"] == "001"
    assert kosdaq[0]["stk_cd"] == "101"
    assert not {row["stk_cd"] for row in kospi} & {row["stk_cd"] for row in kosdaq}


def test_members_are_in_code_order_and_agree_with_their_quotes() -> None:
    rows = worlds.pages("ka20002", **KOSPI, stex_tp="1")[0]
    codes = [row["stk_cd"] for row in rows]
    assert codes == sorted(worlds.market().indices.members("001"))
    row = next(row for row in rows if row["stk_cd"] == "005930")
    quote = worlds.body_of("ka10007", stk_cd="005930")
    assert (row["cur_prc"], row["now_trde_qty"]) == (quote["cur_prc"], quote["trde_qty"])


def test_members_of_another_venue_carry_its_suffix() -> None:
    rows = worlds.pages("ka20002", **KOSPI, stex_tp="3")[0]
    assert rows
    assert all(row["stk_cd"].endswith("_AL") for row in rows)


def test_unknown_indices_and_keys_are_refused() -> None:
    for api_id in ("ka20001", "ka20002", "ka20003"):
        answer = worlds.ask(api_id, inds_cd="999", stex_tp="1")
        assert isinstance(answer, Refused)
    assert isinstance(worlds.ask("ka20002", next_key="x", stex_tp="1", **KOSPI), Refused)


def test_closing_values_are_marked() -> None:
    noon, closing = worlds.views(12).now_ms, worlds.views(15, 30, 9).now_ms
    sunday = worlds.views(16, on="20260322").now_ms
    assert marked([noon, closing, sunday], worlds.views()) == [noon, -closing, sunday]
    assert is_closing(closing, worlds.views())
