"""Compare every stock form with the official API it counts as, at the same instant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.engine.views import Views
from tests.protocol import worlds
from tests.protocol.ralph.asking import (
    CHART,
    DAYS,
    INFO,
    PRICE,
    ask,
    denied,
    found,
    price_body,
)

STOCKS = ("005930", "000660", "035420", "247540", "069500", "015760")
INSTANTS = st.builds(
    worlds.views,
    hour=st.sampled_from([8, 9, 10, 13, 15, 18]),
    minute=st.integers(0, 59),
    on=st.sampled_from(["20260324", "20260325", "20260328"]),
)
FLOWS = ("ind_invsr", "frgnr_invsr", "orgn", "fnnc_invt", "insrnc", "invtrt", "penfnd_etc")


def plain(text: str) -> int:
    """Return a price without its direction."""
    return int(text.lstrip("+-") or "0")


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(STOCKS), INSTANTS)
def test_the_price_is_that_of_the_official_sheet(code: str, at: Views) -> None:
    line = found(PRICE, price_body(code), at)["result"]["t0414"]
    sheet = worlds.body_of("ka10001", at, stk_cd=code)
    book = worlds.body_of("ka10004", at, stk_cd=code)
    assert line[:2] == [code, sheet["stk_nm"]]
    assert int(line[2]) == plain(sheet["cur_prc"])
    assert int(line[3]) == int(sheet["pred_pre"])
    assert float(line[4]) == float(sheet["flu_rt"])
    assert [int(line[5]), int(line[6])] == [plain(book["buy_fpr_bid"]), plain(book["sel_fpr_bid"])]
    assert int(line[7]) == int(sheet["trde_qty"])
    assert all(isinstance(leaf, str) for leaf in line)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(STOCKS),
    INSTANTS,
    st.sampled_from(["0", "1"]),
    st.sampled_from(["", "20260311", "20260322"]),
)
def test_day_rows_are_the_official_ones_the_other_way_round(
    code: str, at: Views, adjusted: str, base: str
) -> None:
    asked = {"stk_cd": code, "base_dt": base, "upd_stkpc_tp": adjusted}
    rows = found(DAYS, asked, at)["stk_dt_pole_chart_qry"]
    official = worlds.body_of("ka10081", at, **asked)["stk_dt_pole_chart_qry"]
    assert 36 <= len(rows) <= 43
    assert [row["dt"] for row in rows] == [row["dt"] for row in official[len(rows) - 1 :: -1]]
    for row, other in zip(reversed(rows), official, strict=False):
        for name in ("open_pric", "high_pric", "low_pric", "cur_prc", "trde_qty", "trde_prica"):
            assert row[name] == other[name]
        assert int(row["pred_pre"]) == int(other["pred_pre"])
        assert row["pred_pre_sig"] == ("-" if int(other["pred_pre"]) < 0 else "+")
        assert float(row["trde_tern_rt"]) == float(other["trde_tern_rt"])


def test_a_range_chooses_the_rows() -> None:
    asked = {"stk_cd": "005930", "inq_strt_dt": "20260309", "inq_end_dt": "20260313"}
    rows = found(DAYS, asked)["stk_dt_pole_chart_qry"]
    assert [row["dt"] for row in rows] == [
        "20260309",
        "20260310",
        "20260311",
        "20260312",
        "20260313",
    ]
    assert found(DAYS, {**asked, "inq_strt_dt": "20100101", "inq_end_dt": "20100131"}) == {
        "stk_dt_pole_chart_qry": []
    }


def test_a_day_that_has_not_opened_has_no_row() -> None:
    early = worlds.views(hour=8, minute=10)
    rows = found(DAYS, {"stk_cd": "005930"}, early)["stk_dt_pole_chart_qry"]
    assert rows[-1]["dt"] == "20260323"
    asked = {"stk_cd": "005930", "inq_strt_dt": worlds.TODAY}
    assert found(DAYS, asked, early)["stk_dt_pole_chart_qry"] == []


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(STOCKS),
    INSTANTS,
    st.fixed_dictionaries(
        {
            "dt": st.sampled_from(["20260324", "20260310", "20991231"]),
            "amt_qty_tp": st.sampled_from(["1", "2"]),
            "trde_tp": st.sampled_from(["0", "1", "2"]),
            "unit_tp": st.sampled_from(["1", "1000"]),
        }
    ),
)
def test_investor_rows_are_the_official_ones(code: str, at: Views, asked: dict[str, str]) -> None:
    answer = found(CHART, {"stk_cd": code, **asked}, at)
    rows = answer["stk_invsr_orgn_chart"]
    assert (len(rows), answer["cont-yn"], answer["next-key"]) == (10, "N", "")
    official = worlds.body_of("ka10060", at, stk_cd=code, **asked)["stk_invsr_orgn_chart"]
    for row, other in zip(rows, official, strict=False):
        assert set(other) < set(row)
        assert row["dt"] == other["dt"]
        assert int(row["cur_prc"]) == plain(other["cur_prc"]) > 0
        assert row["pred_pre"] == other["pred_pre"]
        assert row["acc_trde_prica"] == other["acc_trde_prica"]
        assert all(int(row[name]) == int(other[name]) for name in FLOWS)
        assert (row["trst"], row["pens"]) == (row["invtrt"], row["penfnd_etc"])
        assert (row["fin"], row["ins"], row["etc_fin"]) == (
            row["fnnc_invt"], row["insrnc"], row["etc_fnnc"],
        )  # fmt: skip


def test_an_investor_row_has_the_volume_and_rate_of_its_day() -> None:
    rows = found(CHART, {"stk_cd": "005930", "dt": worlds.TODAY})["stk_invsr_orgn_chart"]
    days = found(DAYS, {"stk_cd": "005930", "upd_stkpc_tp": "0"})["stk_dt_pole_chart_qry"]
    for row, day in zip(rows, reversed(days), strict=False):
        close, change = int(day["cur_prc"]), int(day["pred_pre"])
        assert (row["dt"], row["trde_qty"], row["cur_prc"]) == (
            day["dt"],
            day["trde_qty"],
            day["cur_prc"],
        )
        assert abs(float(row["flu_rt"]) - 100 * change / (close - change)) <= 0.005_001


def test_investors_default_to_net_amounts() -> None:
    asked = {"stk_cd": "005930", "dt": worlds.TODAY}
    full = {**asked, "amt_qty_tp": "1", "trde_tp": "0", "unit_tp": "1000"}
    assert found(CHART, asked) == found(CHART, full)
    assert found(CHART, asked) != found(CHART, {**asked, "trde_tp": "1"})
    assert found(CHART, {**asked, "dt": "20100101"})["stk_invsr_orgn_chart"] == []


@pytest.mark.parametrize(("market", "name"), [("0", "KOSPI"), ("10", "KOSDAQ")])
def test_the_list_has_the_official_members(market: str, name: str) -> None:
    answer = found(INFO, {"mrkt_tp": market})
    assert (answer["cont-yn"], answer["next-key"]) == ("N", "")
    official = worlds.body_of("ka10099", mrkt_tp=market)["list"]
    assert len(answer["list"]) == len(official) > 0
    for row, other in zip(answer["list"], official, strict=True):
        assert list(row) == [
            "code", "name", "upName", "marketCode", "marketName", "state", "listCount",
            "regDay", "lastPrice",
        ]  # fmt: skip
        for same in ("code", "name", "upName", "marketCode", "state", "regDay"):
            assert row[same] == other[same]
        assert row["marketName"] == name
        assert row["listCount"] == str(int(other["listCount"]))
        assert row["lastPrice"] == str(plain(other["lastPrice"]))


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        (PRICE, price_body("999999"), "shcode"),
        (PRICE, price_body("A005930"), "shcode"),
        (DAYS, {"stk_cd": "KS11"}, "stk_cd"),
        (CHART, {"stk_cd": "5930", "dt": worlds.TODAY}, "stk_cd"),
    ],
)
def test_a_code_that_is_not_listed_is_named(path: str, body: object, name: str) -> None:
    message = denied(path, body)
    assert message.startswith(f'{name} "')
    assert message.endswith('" is not listed')


def test_a_range_that_runs_backwards_is_bad_input() -> None:
    asked = {"stk_cd": "005930", "inq_strt_dt": "20260313", "inq_end_dt": "20260302"}
    assert ask(DAYS, asked)[0] == 400
