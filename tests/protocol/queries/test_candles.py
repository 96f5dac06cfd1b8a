import itertools

import numpy as np
import pytest

from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer
from kiwoom_sim.protocol.projection import projection
from kiwoom_sim.protocol.queries.candles import (
    _columns,
    day_signs,
    day_volumes,
    newest_first,
    signs,
)
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import samples, worlds

STOCK = {"stk_cd": "005930", "base_dt": worlds.TODAY, "upd_stkpc_tp": "1"}
DAY_ROWS = "stk_dt_pole_chart_qry"
CHARTS = {
    "ka10079": ("cntr_tm", {"tic_scope": "30"}),
    "ka10080": ("cntr_tm", {"tic_scope": "5"}),
    "ka10081": ("dt", {}),
    "ka10082": ("dt", {}),
    "ka10083": ("dt", {}),
    "ka10094": ("dt", {}),
}


@pytest.mark.parametrize("api_id", CHARTS)
def test_pages_are_strictly_older_and_full(api_id: str) -> None:
    name, more = CHARTS[api_id]
    found = worlds.pages(api_id, most=3, **(STOCK | more))
    times = [row[name] for page in found for row in page]
    assert times == sorted(times, reverse=True)
    for page, following in itertools.pairwise(found):
        assert page[-1][name] > following[0][name]
        assert len(following) > 0


@pytest.mark.parametrize(("api_id", "most"), [("ka10081", 9), ("ka10082", 9), ("ka10083", 2)])
def test_concatenated_pages_are_the_whole_history(api_id: str, most: int) -> None:
    name, _ = CHARTS[api_id]
    found = worlds.pages(api_id, most=most, **STOCK)
    assert len(found) < most or api_id == "ka10083"
    times = [row[name] for page in found for row in page]
    assert len(set(times)) == len(times)
    assert times[-1] == "20150102"
    if api_id == "ka10081":
        calendar = worlds.market().calendar
        sessions = calendar.sessions(worlds.day("20150101"), worlds.day(worlds.TODAY))
        assert len(times) == len(sessions)


@pytest.mark.parametrize("api_id", ["ka10081", "ka10082"])
def test_a_page_is_its_candles_written_in_one_go(api_id: str) -> None:
    spec, views = loader.spec(api_id), worlds.views()
    assert spec is not None
    asked = ("005930", views.now_ms, worlds.day(worlds.TODAY), spec.page_size)
    found = views.market.days(*asked)
    if api_id == "ka10082":
        found = views.market.periods(*asked, "week")
    shares = views.market.listed_shares("005930", worlds.day(worlds.TODAY))
    codes = signs((found.close - found.base).tolist())
    rows = projection(spec, "row", "as-real").rows(_columns(found, codes, shares, 600), len(found))
    answer = worlds.ask(api_id, views, **STOCK)
    assert isinstance(answer, Answer)
    assert f"[{rows}]".encode() in answer.body


def test_a_second_page_does_not_depend_on_how_it_was_reached() -> None:
    first = worlds.pages("ka10081", most=2, **STOCK)
    later = worlds.pages("ka10081", worlds.views(14, 0), most=2, **STOCK)
    assert first[1] == later[1]


@pytest.mark.parametrize(
    ("asked", "newest"),
    [("20260324", "20260324"), ("20991231", "20260324"), ("20260322", "20260320")],
)
def test_the_base_date_is_moved_to_a_known_session(asked: str, newest: str) -> None:
    body = worlds.body_of("ka10081", **(STOCK | {"base_dt": asked}))
    assert body[DAY_ROWS][0]["dt"] == newest
    assert body["stk_cd"] == "005930"


def test_a_date_before_history_has_no_rows() -> None:
    body = worlds.body_of("ka10081", **(STOCK | {"base_dt": "19990101"}))
    assert body[DAY_ROWS] == []


def test_an_unlisted_code_has_an_empty_chart_and_is_echoed() -> None:
    for api_id, (_, more) in CHARTS.items():
        body = worlds.body_of(api_id, **(STOCK | more | {"stk_cd": "999999"}))
        assert body["stk_cd"] == "999999"
        assert [value for value in body.values() if isinstance(value, list)] == [[]]


def test_the_suffix_of_a_code_is_echoed() -> None:
    assert worlds.body_of("ka10081", **(STOCK | {"stk_cd": "005930_AL"}))["stk_cd"] == "005930_AL"


@pytest.mark.parametrize("api_id", CHARTS)
def test_a_broken_key_is_refused(api_id: str) -> None:
    answer = worlds.ask(api_id, next_key="nonsense", **(STOCK | CHARTS[api_id][1]))
    assert isinstance(answer, Refused)
    assert answer.code == "1517"


@pytest.mark.parametrize("scope", ["x", "0", "61", "-3"])
def test_a_bad_scope_is_refused(scope: str) -> None:
    for api_id in ("ka10079", "ka10080"):
        answer = worlds.ask(api_id, **(STOCK | {"tic_scope": scope}))
        assert isinstance(answer, Refused)


def test_today_sums_up_over_minutes_and_ticks() -> None:
    today = worlds.body_of("ka10081", **STOCK)[DAY_ROWS][0]
    minutes = [
        row
        for page in worlds.pages("ka10080", most=2, **(STOCK | {"tic_scope": "1"}))
        for row in page
        if row["cntr_tm"].startswith(worlds.TODAY)
    ]
    assert sum(int(row["trde_qty"]) for row in minutes) == int(today["trde_qty"])
    assert minutes[0]["acc_trde_qty"] == today["trde_qty"]
    assert minutes[-1]["acc_trde_qty"] == minutes[-1]["trde_qty"]
    assert minutes[0]["cur_prc"].lstrip("+-") == today["cur_prc"]
    assert max(int(row["high_pric"].lstrip("+-")) for row in minutes) == int(today["high_pric"])
    newest = worlds.pages("ka10079", most=1, **(STOCK | {"tic_scope": "1"}))[0][0]
    assert newest["cur_prc"] == today["cur_prc"]


def test_minutes_of_a_past_day_are_those_of_its_session() -> None:
    rows = worlds.pages("ka10080", most=1, **(STOCK | {"tic_scope": "1", "base_dt": "20260320"}))[0]
    day = worlds.body_of("ka10081", **(STOCK | {"base_dt": "20260320"}))[DAY_ROWS][0]
    of_day = [row for row in rows if row["cntr_tm"].startswith("20260320")]
    assert sum(int(row["trde_qty"]) for row in of_day) == int(day["trde_qty"])
    assert of_day[0]["acc_trde_qty"] == day["trde_qty"]


def test_minute_charts_reach_back_thirteen_months() -> None:
    body = worlds.pages("ka10080", most=1, **(STOCK | {"tic_scope": "60", "base_dt": "20250301"}))
    assert len(body) == 1
    assert all(row["cntr_tm"] >= "20250221" for row in body[0])
    assert body[0]


def test_direction_codes_know_the_daily_limits() -> None:
    instrument = worlds.market().universe.by_code["005930"]
    rows = [
        (10_000, 10_000, 13_000, 10_000, 13_000, 9),
        (13_000, 13_000, 13_000, 9_100, 9_100, 9),
        (10_000, 10_000, 12_000, 10_000, 12_000, 9),
        (10_000, 10_000, 10_000, 10_000, 10_000, 9),
    ]
    assert day_signs(samples.candles(rows), instrument) == ["1", "4", "2", "3"]
    assert signs([1, 0, -1]) == ["2", "3", "5"]


def test_running_volumes_start_again_every_day() -> None:
    row = (100, 100, 100, 100, 100, 5)
    candles = samples.candles([row] * 4, step_ms=43_200_000)
    assert day_volumes(candles).tolist() == [5, 5, 10, 5] or day_volumes(candles).tolist() == [
        5, 10, 5, 5,
    ]  # fmt: skip
    assert newest_first(np.array([1, 2, 3]), 2) == [3, 2]
