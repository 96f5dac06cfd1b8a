"""Work out which sessions a chart of the `ralph` dialect shows."""

from kiwoom_sim.core.clock import day_of, parse_day
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Ints
from kiwoom_sim.protocol.ralph.forms import DayChartForm, IndexChartForm
from kiwoom_sim.protocol.ralph.replies import Denied

CALENDAR_DAYS = 60
"""A stock chart without a start covers so many days, its last one included."""

INDEX_SESSIONS = 5
"""An index chart without a start shows so many sessions."""


def stock_span(form: DayChartForm, views: Views) -> Ints | Denied:
    """Return the sessions of a stock chart, oldest first: a range, or the days to `base_dt`.

    The last day is `inq_end_dt`, else `base_dt`, else today, and never later than today; a start
    counts 60 days back from the session that this means.
    """
    last = _last_day(form, views)
    first = _day(form.inq_strt_dt)
    if first is None:
        newest = _sessions(views, 0, last)[-1:]
        first = int(newest[0]) - CALENDAR_DAYS + 1 if len(newest) else last
    return _backwards(form) or _sessions(views, first, last)


def index_span(form: IndexChartForm, views: Views) -> Ints | Denied:
    """Return the sessions of an index chart, oldest first: a range, or the newest five."""
    last = _last_day(form, views)
    first = _day(form.inq_strt_dt)
    if first is None:
        return _sessions(views, 0, last)[-INDEX_SESSIONS:]
    return _backwards(form) or _sessions(views, first, last)


def _last_day(form: DayChartForm | IndexChartForm, views: Views) -> int:
    today = day_of(views.now_ms)
    wanted = _day(form.inq_end_dt or form.base_dt)
    return today if wanted is None else min(wanted, today)


def _sessions(views: Views, first: int, last: int) -> Ints:
    return views.market.calendar.sessions(first, last)


def _backwards(form: DayChartForm | IndexChartForm) -> Denied | None:
    """Return why a range is none."""
    name = "inq_end_dt" if form.inq_end_dt else "base_dt"
    end = form.inq_end_dt or form.base_dt
    if end and form.inq_strt_dt > end:
        return Denied(400, f"inq_strt_dt {form.inq_strt_dt} is after {name} {end}")
    return None


def _day(text: str) -> int | None:
    return parse_day(text) if text else None
