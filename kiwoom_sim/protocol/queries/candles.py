"""Answer the stock charts: ticks, minutes, days, weeks, months and years (봉차트).

Rows come newest first. An unlisted code gets an empty list, as on the real service.

Layout: a candle that another one follows never changes, so all rows of a page but the newest are
written once and kept (`settled`). Tick charts, whose newest candle is soon over, are not.

Known deviations: charts show the exchange's own trading, also for a code with a venue suffix. A
day without a trade has a row in the day chart, as the exchange reports it.
Minute charts reach back 396 days, the published "about 13 months".
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.market.rules.ticks import limits
from kiwoom_sim.protocol.calls import (
    Call,
    Query,
    Result,
    bad_value,
    history_start,
    last_day,
    split_symbol,
)
from kiwoom_sim.protocol.measures import DOWN, FLAT, LIMIT_DOWN, LIMIT_UP, PERCENT, UP
from kiwoom_sim.protocol.paging import key_of_time, page_length, read_key
from kiwoom_sim.protocol.projection import projection
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.settled import settled
from kiwoom_sim.protocol.spec import ApiSpec

MINUTE_HISTORY_DAYS = 396
TIES = 32
CANDLES_PER_DAY = 400
_LIMIT_MOVE_PERCENT = 14


class Subject(Struct, frozen=True):
    """Hold the code that the reply echoes, with its suffix."""

    symbol: str


class CandleColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of a stock chart.

    Attributes:
        sign: Direction codes.
        share_turnover: Volume as a percentage of the listed shares.
        day_volume: Volume of the day up to and including the candle (minute charts).
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
    share_turnover: list[int]
    day_volume: list[int]


def signs(changes: list[int]) -> list[str]:
    """Return direction codes that know no limits."""
    return [UP if change > 0 else DOWN if change < 0 else FLAT for change in changes]


def day_signs(candles: Candles, instrument: Instrument) -> list[str]:
    """Return direction codes of day candles, oldest first, with limit days marked."""
    change = candles.close - candles.base
    codes = signs(change.tolist())
    wide = np.abs(change) * 100 >= candles.base * _LIMIT_MOVE_PERCENT
    for row in np.flatnonzero(wide).tolist():
        base, close = int(candles.base[row]), int(candles.close[row])
        day = day_of(int(candles.time[row]))
        lower, upper = limits(base, instrument.product, day, instrument.leverage)
        if close >= upper:
            codes[row] = LIMIT_UP
        elif close <= lower:
            codes[row] = LIMIT_DOWN
    return codes


def newest_first(values: Ints, count: int) -> list[int]:
    """Return the last `count` values as a list, newest first."""
    listed: list[int] = values[::-1][:count].tolist()
    return listed


def day_volumes(candles: Candles) -> Ints:
    """Return the running volume of each candle's day, as far as the day's candles are there."""
    if len(candles) == 1:
        return candles.volume
    days = candles.time // MS_PER_DAY
    total = np.cumsum(candles.volume)
    starts = np.flatnonzero(np.diff(days, prepend=-1))
    before = np.repeat(total[starts] - candles.volume[starts], np.diff(starts, append=len(days)))
    running: Ints = total - before
    return running


def _columns(candles: Candles, codes: list[str], shares: int, count: int) -> CandleColumns:
    """Return the newest `count` candles as rows."""
    turnover = (2 * candles.volume * PERCENT + shares) // (2 * max(1, shares))
    return CandleColumns(
        time=newest_first(candles.time, count),
        base=newest_first(candles.base, count),
        open=newest_first(candles.open, count),
        high=newest_first(candles.high, count),
        low=newest_first(candles.low, count),
        close=newest_first(candles.close, count),
        volume=newest_first(candles.volume, count),
        turnover=newest_first(candles.turnover, count),
        change=newest_first(candles.close - candles.base, count),
        sign=codes[::-1][:count],
        share_turnover=newest_first(turnover, count),
        day_volume=newest_first(day_volumes(candles), count) if len(candles) else [],
    )


class Chart(Struct, frozen=True, kw_only=True):
    """Hold a checked chart request.

    Attributes:
        text: Code with its suffix.
        before_ms: Rows are older than this, None on the first page.
    """

    text: str
    instrument: Instrument | None
    before_ms: int | None
    adjusted: bool


def read_chart(call: Call, views: Views) -> Chart | Refused:
    """Return what a chart request asks for."""
    text = call.text("stk_cd")
    code, _ = split_symbol(text)
    before = None
    if call.next_key:
        key = read_key(call.next_key, text)
        if isinstance(key, Refused):
            return key
        before = key.time_ms
    return Chart(
        text=text,
        instrument=views.instrument(code),
        before_ms=before,
        adjusted=call.text("upd_stkpc_tp") == "1",
    )


def chart_scope(call: Call) -> int | Refused:
    """Return the number of ticks or minutes of a candle."""
    text = call.text("tic_scope", "1")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 60:
        return bad_value("tic_scope", "틱범위 오류")
    return int(text)


def _answer(spec: ApiSpec, chart: Chart, candles: Candles, codes: list[str], shares: int) -> Result:
    """Return one page of the candles; more candles than a page mean that another one follows."""
    count = page_length(candles.time[::-1].tolist(), spec.page_size)
    columns = _columns(candles, codes, shares, count)
    next_key = key_of_time(chart.text, columns.time[-1]) if count < len(candles) else ""
    record = Subject(chart.text)
    return Result(record=record, columns=columns, count=count, next_key=next_key)


class Older(Struct, frozen=True, kw_only=True):
    """Hold the rows of a page behind its newest one, written.

    Attributes:
        rows: Newest first.
        oldest_ms: Start of the oldest candle of the page.
        more: Whether even older candles exist.
    """

    rows: bytes
    oldest_ms: int
    more: bool


Fetch = Callable[[int, int], tuple[Candles, list[str]]]
"""Return at least the newest `count` candles before a time, and their direction codes."""


def _page(
    spec: ApiSpec, call: Call, views: Views, chart: Chart, before_ms: int, fetch: Fetch
) -> tuple[Result, int]:
    """Return a page of candles before a time, and the start of its oldest candle."""
    assert chart.instrument is not None, "the caller knows the symbol"
    shares = _shares(chart.instrument, views)
    candles, codes = fetch(before_ms, 1)
    if len(candles) == 0:
        return _empty(chart), before_ms
    columns = _columns(candles, codes, shares, 1)
    newest_ms = columns.time[0]

    def write() -> Older:
        candles, codes = fetch(newest_ms, spec.page_size)
        count = min(len(candles), spec.page_size - 1)
        rows = _columns(candles, codes, shares, count)
        return Older(
            rows=projection(spec, "row", call.oddities).rows(rows, count).encode(),
            oldest_ms=rows.time[-1] if count else newest_ms,
            more=len(candles) > count,
        )

    name = (spec.api_id, call.text("tic_scope"), chart.adjusted, call.oddities, newest_ms)
    older = settled(views, chart.instrument.code, name, write)
    next_key = key_of_time(chart.text, older.oldest_ms) if older.more else ""
    record = Subject(chart.text)
    result = Result(record=record, columns=columns, count=1, written=older.rows, next_key=next_key)
    return result, older.oldest_ms


def _shares(instrument: Instrument, views: Views) -> int:
    return views.market.listed_shares(instrument.code, day_of(views.now_ms))


def _empty(chart: Chart) -> Result:
    return Result(record=Subject(chart.text))


def tick_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer candles of a number of trades."""
    chart, scope = read_chart(call, views), chart_scope(call)
    if isinstance(chart, Refused):
        return chart
    if isinstance(scope, Refused):
        return scope
    if chart.instrument is None:
        return _empty(chart)
    candles = views.market.tick_candles(
        chart.instrument.code, views.now_ms, scope, spec.page_size + TIES,
        before=chart.before_ms, adjusted=chart.adjusted,
    )  # fmt: skip
    codes = signs((candles.close - candles.base).tolist())
    return _answer(spec, chart, candles, codes, _shares(chart.instrument, views))


def minute_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer minute candles; minutes without a trade have no row."""
    chart, scope, day = read_chart(call, views), chart_scope(call), last_day(call, views)
    if isinstance(chart, Refused):
        return chart
    if isinstance(scope, Refused):
        return scope
    if isinstance(day, Refused):
        return day
    if chart.instrument is None:
        return _empty(chart)
    end = moment(day + 1)
    before = end if chart.before_ms is None else min(end, chart.before_ms)
    code = chart.instrument.code

    def fetch(before_ms: int, count: int) -> tuple[Candles, list[str]]:
        candles = views.market.minutes(
            code, views.now_ms, scope, count + CANDLES_PER_DAY // scope,
            before=before_ms, adjusted=chart.adjusted,
        )  # fmt: skip
        return candles, signs((candles.close - candles.base).tolist())

    result, oldest_ms = _page(spec, call, views, chart, before, fetch)
    limit_ms = views.now_ms - MINUTE_HISTORY_DAYS * MS_PER_DAY
    if oldest_ms >= limit_ms:
        return result
    candles, codes = fetch(before, spec.page_size + 1)
    whole = _answer(spec, chart, candles, codes, _shares(chart.instrument, views))
    return _not_before(whole, limit_ms)


def _not_before(result: Result, oldest_ms: int) -> Result:
    """Return a page without the rows that are too old, and without a next page after them."""
    columns = result.columns
    assert isinstance(columns, CandleColumns)
    kept = sum(time >= oldest_ms for time in columns.time)
    if kept == result.count:
        return result
    cut = {name: getattr(columns, name)[:kept] for name in columns.__struct_fields__}
    return Result(record=result.record, columns=CandleColumns(**cut), count=kept)


def _by_day(
    spec: ApiSpec,
    call: Call,
    views: Views,
    fetch: Callable[[Chart, Instrument, int, int], tuple[Candles, list[str]]],
) -> Result | Refused:
    """Answer a chart whose pages end at a day."""
    chart, day = read_chart(call, views), last_day(call, views)
    if isinstance(chart, Refused):
        return chart
    if isinstance(day, Refused):
        return day
    if chart.instrument is None:
        return _empty(chart)
    if chart.before_ms is not None:
        day = min(day, day_of(chart.before_ms) - 1)
    if day < history_start(views):
        return _empty(chart)
    instrument = chart.instrument

    def before(time_ms: int, count: int) -> tuple[Candles, list[str]]:
        return fetch(chart, instrument, day_of(time_ms - 1), count)

    return _page(spec, call, views, chart, moment(day + 1), before)[0]


def day_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer day candles; today's is the day so far."""

    def fetch(
        chart: Chart, instrument: Instrument, day: int, count: int
    ) -> tuple[Candles, list[str]]:
        candles = views.market.days(
            instrument.code, views.now_ms, day, count, adjusted=chart.adjusted
        )
        return candles, day_signs(candles, instrument)

    return _by_day(spec, call, views, fetch)


def period_candles(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer candles of weeks, months or years (`params.period`), dated by their first session."""
    period = str(spec.params["period"])

    def fetch(
        chart: Chart, instrument: Instrument, day: int, count: int
    ) -> tuple[Candles, list[str]]:
        candles = views.market.periods(
            instrument.code, views.now_ms, day, count, period, adjusted=chart.adjusted
        )
        return candles, signs((candles.close - candles.base).tolist())

    return _by_day(spec, call, views, fetch)


QUERIES = {
    "tick_candles": Query(tick_candles, record=(Subject,), columns=(CandleColumns,)),
    "minute_candles": Query(minute_candles, record=(Subject,), columns=(CandleColumns,)),
    "day_candles": Query(day_candles, record=(Subject,), columns=(CandleColumns,)),
    "period_candles": Query(period_candles, record=(Subject,), columns=(CandleColumns,)),
}
