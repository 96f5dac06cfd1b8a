"""Compare the index forms with the official APIs they count as, at the same instant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.engine.views import Views
from tests.protocol import worlds
from tests.protocol.ralph.asking import DAYS, INFO, denied, found

CODES = st.sampled_from([("KS11", "001", "KOSPI"), ("KQ11", "101", "KOSDAQ")])
INSTANTS = st.builds(
    worlds.views,
    hour=st.sampled_from([8, 9, 10, 13, 15, 18]),
    minute=st.integers(0, 59),
    on=st.sampled_from(["20260324", "20260325", "20260328"]),
)


@settings(max_examples=30, deadline=None)
@given(CODES, INSTANTS)
def test_the_quote_is_that_of_the_official_sheet(names: tuple[str, str, str], at: Views) -> None:
    code, official_code, name = names
    quote = found(INFO, {"stk_cd": code}, at)
    sheet = worlds.body_of("ka20001", at, mrkt_tp="0", inds_cd=official_code)
    assert (quote["stk_cd"], quote["stk_nm"]) == (code, name)
    assert quote["cur_prc"] == sheet["cur_prc"].lstrip("+-")
    assert quote["pred_pre"][0] in "+-"
    assert float(quote["pred_pre"]) == float(sheet["pred_pre"])
    assert float(quote["flu_rt"]) == float(sheet["flu_rt"])
    assert int(quote["trde_qty"]) // 1_000 == int(sheet["trde_qty"])
    assert all(text.partition(".")[2].isdigit() for text in (quote["cur_prc"], quote["flu_rt"]))


@settings(max_examples=20, deadline=None)
@given(CODES, INSTANTS, st.sampled_from(["20260102", "20260302", "20260316", ""]))
def test_rows_are_the_official_ones_the_other_way_round(
    names: tuple[str, str, str], at: Views, start: str
) -> None:
    code, official_code, _ = names
    asked = {"stk_cd": code, "isu_cd_tp": "02", "inq_strt_dt": start}
    rows = found(DAYS, asked, at)["dtal_1"]
    official = worlds.body_of("ka20006", at, inds_cd=official_code, base_dt="")["inds_dt_pole_qry"]
    expected = [row for row in official if row["dt"] >= start] if start else official[: len(rows)]
    assert len(rows) >= 4
    for row, other in zip(reversed(rows), expected, strict=True):
        assert (row["dt"], row["trde_qty"]) == (other["dt"], other["trde_qty"])
        for name, same in (
            ("opn_prc", "open_pric"), ("hgh_prc", "high_pric"), ("lw_prc", "low_pric"),
            ("cls_prc", "cur_prc"),
        ):  # fmt: skip
            whole, _, fraction = row[name].partition(".")
            assert len(fraction) == 2
            assert int(whole + fraction) == int(other[same])


def test_the_newest_five_sessions_unless_a_range_is_given() -> None:
    asked = {"stk_cd": "KS11", "isu_cd_tp": "02"}
    rows = found(DAYS, asked)["dtal_1"]
    assert [row["dt"] for row in rows] == [
        "20260318",
        "20260319",
        "20260320",
        "20260323",
        "20260324",
    ]
    ranged = {**asked, "inq_strt_dt": "20260319", "inq_end_dt": "20260320", "base_dt": "20260101"}
    assert [row["dt"] for row in found(DAYS, ranged)["dtal_1"]] == ["20260319", "20260320"]
    assert found(DAYS, {**asked, "inq_end_dt": "20100101"}) == {"dtal_1": []}


@pytest.mark.parametrize("code", ["KS11", "KQ11"])
def test_a_range_that_runs_backwards_is_bad_input(code: str) -> None:
    asked = {"stk_cd": code, "isu_cd_tp": "02", "inq_strt_dt": "20260313", "inq_end_dt": "20260302"}
    assert "is after" in denied(DAYS, asked)
