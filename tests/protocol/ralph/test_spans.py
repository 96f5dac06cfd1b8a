import pytest

from kiwoom_sim.core.clock import format_day
from kiwoom_sim.market.records import Ints
from kiwoom_sim.protocol.ralph.forms import DayChartForm, IndexChartForm
from kiwoom_sim.protocol.ralph.replies import Denied
from kiwoom_sim.protocol.ralph.spans import index_span, stock_span
from tests.protocol import worlds


def ends(days: Ints | Denied) -> tuple[str, str, int]:
    assert not isinstance(days, Denied), days
    if len(days) == 0:
        return "", "", 0
    return format_day(int(days[0])), format_day(int(days[-1])), len(days)


def stock(**fields: str) -> Ints | Denied:
    return stock_span(DayChartForm(stk_cd="005930", **fields), worlds.views())


def index(**fields: str) -> Ints | Denied:
    return index_span(IndexChartForm(stk_cd="KS11", **fields), worlds.views())


def test_a_stock_chart_covers_sixty_days_to_its_base() -> None:
    first, last, _ = ends(stock(base_dt="20260324"))
    assert (first, last) == ("20260126", "20260324")  # 24 January, 60 days back, is a Saturday
    assert worlds.day("20260324") - worlds.day("20260124") == 59


def test_the_base_is_clamped_as_the_official_one() -> None:
    today = ends(stock())
    assert ends(stock(base_dt="20991231")) == today
    sunday = ends(stock(base_dt="20260322"))
    assert sunday == ends(stock(base_dt="20260320"))
    assert sunday[1] == "20260320"


def test_a_range_is_honoured_by_both() -> None:
    asked = {"inq_strt_dt": "20260302", "inq_end_dt": "20260313"}
    expected = ("20260303", "20260313", 9)  # 2 March 2026 is a holiday
    assert ends(stock(**asked)) == expected
    assert ends(stock(**asked, base_dt="20260324")) == expected
    assert ends(index(**asked)) == expected


def test_an_open_range_ends_at_the_base_or_today() -> None:
    assert ends(stock(inq_strt_dt="20260320")) == ("20260320", "20260324", 3)
    assert ends(stock(inq_strt_dt="20260316", base_dt="20260318"))[1] == "20260318"
    assert ends(index(inq_strt_dt="20260320", inq_end_dt="20991231"))[1] == "20260324"


def test_an_index_chart_without_a_start_shows_five_sessions() -> None:
    assert ends(index()) == ("20260318", "20260324", 5)
    assert ends(index(base_dt="20260320")) == ("20260316", "20260320", 5)
    assert ends(index(inq_end_dt="20260313")) == ("20260309", "20260313", 5)


def test_days_without_a_session_and_days_before_all_are_empty() -> None:
    assert ends(stock(inq_strt_dt="20260321", inq_end_dt="20260322")) == ("", "", 0)
    assert ends(stock(base_dt="19700101")) == ("", "", 0)
    assert ends(stock(inq_end_dt="19700101")) == ("", "", 0)
    assert ends(index(base_dt="00010101")) == ("", "", 0)
    assert ends(index(inq_strt_dt="99991231")) == ("", "", 0)


@pytest.mark.parametrize("end", ["inq_end_dt", "base_dt"])
def test_a_range_that_runs_backwards_is_named(end: str) -> None:
    asked = {"inq_strt_dt": "20260313", end: "20260302"}
    for days in (stock(**asked), index(**asked)):
        assert days == Denied(400, f"inq_strt_dt 20260313 is after {end} 20260302")
