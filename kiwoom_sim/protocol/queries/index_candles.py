"""Answer the index charts (업종 봉차트); levels are hundredths of a point, newest first."""

from collections.abc import Callable

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Candles
from kiwoom_sim.protocol.calls import Call, Query, Result, history_start, last_day
from kiwoom_sim.protocol.paging import key_of_time, page_length, read_key
from kiwoom_sim.protocol.queries.candles import (
    CANDLES_PER_DAY,
    TIES,
    chart_scope,
    day_volumes,
    newest_first,
    signs,
)
from kiwoom_sim.protocol.queries.indices import marked
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec


class IndexSubject(Struct, frozen=True):
    """Hold the code that the reply echoes."""

    code: str


class IndexCandleColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of an index chart.

    Attributes:
        time: Market time; in tick charts negative for the closing value.
        volume, day_volume: Shares of the candle, and of its day up to and including it.
    """

    time: list[int]
    base: list[int]
    open: list[int]
    high: list[int]
    low: list[int]
    close: list[int]
    volume: list[int]
    turnover: list[int]
    change: list[int]
    sign: list[str]
    day_volume: list[int]


class IndexChart(Struct, frozen=True, kw_only=True):
    """Hold a checked index chart request; rows are older than `before_ms`, if that is known."""

    code: str
    listed: bool
    before_ms: int | None


def read_index_chart(call: Call, views: Views) -> IndexChart | Refused:
    """Return what an index chart request asks for."""
    code = call.text("inds_cd")
    before = None
    if call.next_key:
        key = read_key(call.next_key, code)
        if isinstance(key, Refused):
            return key
        before = key.time_ms
    return IndexChart(code=code, listed=code in views.market.indices.codes(), before_ms=before)


def _answer(spec: ApiSpec, chart: IndexChart, candles: Candles) -> Result:
    count = page_length(candles.time[::-1].tolist(), spec.page_size)
    columns = IndexCandleColumns(
        time=newest_first(candles.time, count),
        base=newest_first(candles.base, count),
        open=newest_first(candles.open, count),
        high=newest_first(candles.high, count),
        low=newest_first(candles.low, count),
        close=newest_first(candles.close, count),
        volume=newest_first(candles.volume, count),
        turnover=newest_first(candles.turnover, count),
        change=newest_first(candles.close - candles.base, count),
        sign=signs(newest_first(candles.close - candles.base, count)),
        day_volume=newest_first(day_volumes(candles), count) if len(candles) else [],
    )
    next_key = key_of_time(chart.code, columns.time[-1]) if count < len(candles) else ""
    return Result(record=IndexSubject(chart.code), columns=columns, count=count, next_key=next_key)


def _empty(chart: IndexChart) -> Result:
    return Result(record=IndexSubject(chart.code))


def index_tick_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer candles of a number of index values."""
    chart, scope = read_index_chart(call, views), chart_scope(call)
    if isinstance(chart, Refused):
        return chart
    if isinstance(scope, Refused):
        return scope
    if not chart.listed:
        return _empty(chart)
    candles = views.market.indices.tick_candles(
        chart.code, views.now_ms, scope, spec.page_size + TIES, before=chart.before_ms
    )
    result = _answer(spec, chart, candles)
    columns = result.columns
    assert isinstance(columns, IndexCandleColumns)
    columns.time[:] = marked(columns.time, views)
    return result


def index_minute_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer minute candles."""
    chart, scope, day = read_index_chart(call, views), chart_scope(call), last_day(call, views)
    if isinstance(chart, Refused):
        return chart
    if isinstance(scope, Refused):
        return scope
    if isinstance(day, Refused):
        return day
    if not chart.listed:
        return _empty(chart)
    end = moment(day + 1)
    before = end if chart.before_ms is None else min(end, chart.before_ms)
    candles = views.market.indices.minutes(
        chart.code, views.now_ms, scope, spec.page_size + 1 + CANDLES_PER_DAY // scope,
        before=before,
    )  # fmt: skip
    return _answer(spec, chart, candles)


def _by_day(
    spec: ApiSpec, call: Call, views: Views, fetch: Callable[[str, int], Candles]
) -> Result | Refused:
    """Answer a chart whose pages end at a day."""
    chart, day = read_index_chart(call, views), last_day(call, views)
    if isinstance(chart, Refused):
        return chart
    if isinstance(day, Refused):
        return day
    if chart.before_ms is not None:
        day = min(day, day_of(chart.before_ms) - 1)
    if not chart.listed or day < history_start(views):
        return _empty(chart)
    return _answer(spec, chart, fetch(chart.code, day))


def index_day_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer day candles."""
    indices, count = views.market.indices, spec.page_size + 1
    return _by_day(
        spec, call, views, lambda code, day: indices.days(code, views.now_ms, day, count)
    )


def index_period_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer candles of weeks, months or years (`params.period`)."""
    indices, count = views.market.indices, spec.page_size + 1
    period = str(spec.params["period"])
    return _by_day(
        spec, call, views, lambda code, day: indices.periods(code, views.now_ms, day, count, period)
    )


_CLASSES = {"record": (IndexSubject,), "columns": (IndexCandleColumns,)}

QUERIES = {
    "index_tick_candles": Query(index_tick_candles, **_CLASSES),
    "index_minute_candles": Query(index_minute_candles, **_CLASSES),
    "index_day_candles": Query(index_day_candles, **_CLASSES),
    "index_period_candles": Query(index_period_candles, **_CLASSES),
}
