import numpy as np

from kiwoom_sim.protocol.queries.day_history import newest_candles, on_days
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import samples, worlds

STOCK = {"stk_cd": "035420", "strt_dt": worlds.TODAY}
SUPPLY = ("for_poss", "for_netprps", "orgn_netprps", "ind_netprps", "prm", "crd_remn_rt")


def test_days_come_newest_first_in_pages() -> None:
    found = worlds.pages("ka10015", most=3, **STOCK)
    assert [len(page) for page in found] == [100, 100, 100]
    days = [row["dt"] for page in found for row in page]
    assert days == sorted(set(days), reverse=True)
    assert days[0] == worlds.TODAY


def test_the_rows_are_those_of_the_day_chart() -> None:
    rows = worlds.pages("ka10015", most=1, **STOCK)[0]
    chart = worlds.body_of("ka10081", stk_cd="035420", base_dt=worlds.TODAY, upd_stkpc_tp="0")
    for row, candle in zip(rows, chart["stk_dt_pole_chart_qry"], strict=False):
        assert row["dt"] == candle["dt"]
        assert row["close_pric"].lstrip("+-") == candle["cur_prc"]
        assert row["trde_qty"] == candle["trde_qty"]
        assert row["pred_pre_sig"] == candle["pred_pre_sig"]


def test_supply_columns_are_blank_on_the_real_wire_only() -> None:
    real = worlds.body_of("ka10015", **STOCK)["daly_trde_dtl"]
    clean = worlds.body_of("ka10015", oddities="clean", **STOCK)["daly_trde_dtl"]
    for name in SUPPLY:
        assert all(row[name] == "" for row in real)
        assert len({row[name] for row in clean}) > 3


def test_trading_before_in_and_after_the_session_adds_up() -> None:
    for row in worlds.body_of("ka10015", **STOCK)["daly_trde_dtl"]:
        parts = ("bf_mkrt_trde_qty", "opmr_trde_qty", "af_mkrt_trde_qty")
        assert sum(int(row[name]) for name in parts) == int(row["tot_3"])
        assert row["opmr_trde_qty"] == row["trde_qty"]


def test_the_short_history_shows_who_traded() -> None:
    rows = worlds.body_of("ka10005", **STOCK)["stk_ddwkmm"]
    assert len(rows) == 30
    assert rows[0]["date"] == worlds.TODAY
    assert len({row["orgn_netprps"] for row in rows}) > 20
    quote = worlds.body_of("ka10006", **STOCK)
    assert rows[0]["cntr_str"] == quote["cntr_str"]
    assert rows[0]["trde_prica"] == quote["trde_prica"]


def test_unlisted_codes_and_old_dates_have_no_rows() -> None:
    assert worlds.body_of("ka10015", stk_cd="999999", strt_dt="")["daly_trde_dtl"] == []
    assert worlds.body_of("ka10015", stk_cd="035420", strt_dt="20100101")["daly_trde_dtl"] == []


def test_a_bad_date_or_key_is_refused() -> None:
    assert isinstance(worlds.ask("ka10015", stk_cd="035420", strt_dt="soon"), Refused)
    assert isinstance(worlds.ask("ka10015", next_key="x", **STOCK), Refused)


def test_values_are_matched_by_day() -> None:
    days, known = np.array([3, 5, 7]), np.array([1, 3, 7])
    assert on_days(days, known, np.array([10, 30, 70])).tolist() == [30, 0, 70]
    assert on_days(days, np.array([], dtype=np.int64), np.array([])).tolist() == [0, 0, 0]
    candles = samples.candles([(1, 1, 1, 1, 1, n) for n in range(4)])
    assert newest_candles(candles, 2).volume.tolist() == [2, 3]
