import pytest

from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds

INDEX = {"inds_cd": "001", "base_dt": worlds.TODAY, "tic_scope": "5"}
CHARTS = {
    "ka20004": ("inds_tic_chart_qry", "cntr_tm"),
    "ka20005": ("inds_min_pole_qry", "cntr_tm"),
    "ka20006": ("inds_dt_pole_qry", "dt"),
    "ka20007": ("inds_stk_pole_qry", "dt"),
    "ka20008": ("inds_mth_pole_qry", "dt"),
    "ka20019": ("inds_yr_pole_qry", "dt"),
}


@pytest.mark.parametrize("api_id", CHARTS)
def test_charts_come_newest_first_and_begin_with_the_present(api_id: str) -> None:
    rows, name = CHARTS[api_id]
    body = worlds.body_of(api_id, **INDEX)
    times = [row[name] for row in body[rows]]
    assert times == sorted(times, reverse=True)
    assert body["inds_cd"] == "001"
    sheet = worlds.body_of("ka20001", mrkt_tp="0", inds_cd="001")
    assert body[rows][0]["cur_prc"] == sheet["cur_prc"].lstrip("+-").replace(".", "")


def test_pages_of_days_are_the_whole_history() -> None:
    found = worlds.pages("ka20006", most=9, **INDEX)
    days = [row["dt"] for page in found for row in page]
    sessions = worlds.market().calendar.sessions(worlds.day("20150101"), worlds.day(worlds.TODAY))
    assert len(days) == len(sessions) == len(set(days))


def test_minutes_add_up_to_the_day() -> None:
    rows = worlds.body_of("ka20005", **(INDEX | {"tic_scope": "1"}))["inds_min_pole_qry"]
    today = [row for row in rows if row["cntr_tm"].startswith(worlds.TODAY)]
    day = worlds.body_of("ka20006", **INDEX)["inds_dt_pole_qry"][0]
    assert today[0]["acc_trde_qty"] == day["trde_qty"]
    assert max(int(row["high_pric"]) for row in today) == int(day["high_pric"])


def test_the_closing_value_has_no_clock_time() -> None:
    evening = worlds.views(16)
    asked = INDEX | {"tic_scope": "1"}
    real = worlds.body_of("ka20004", evening, **asked)["inds_tic_chart_qry"][0]
    clean = worlds.body_of("ka20004", evening, oddities="clean", **asked)["inds_tic_chart_qry"][0]
    assert real["cntr_tm"] == worlds.TODAY + "888888"
    assert clean["cntr_tm"].startswith(worlds.TODAY + "1530")


@pytest.mark.parametrize("api_id", CHARTS)
def test_unknown_indices_are_empty_and_broken_keys_refused(api_id: str) -> None:
    rows, _ = CHARTS[api_id]
    assert worlds.body_of(api_id, **(INDEX | {"inds_cd": "999"}))[rows] == []
    answer = worlds.ask(api_id, next_key="x", **INDEX)
    assert isinstance(answer, Refused)


def test_bad_dates_and_scopes_are_refused_and_old_dates_empty() -> None:
    for api_id, change in (
        ("ka20004", {"tic_scope": "x"}),
        ("ka20005", {"tic_scope": "x"}),
        ("ka20005", {"base_dt": "x"}),
        ("ka20006", {"base_dt": "x"}),
    ):
        assert isinstance(worlds.ask(api_id, **(INDEX | change)), Refused)
    assert worlds.body_of("ka20006", **(INDEX | {"base_dt": "20100101"}))["inds_dt_pole_qry"] == []
