"""Answer day-by-day tables of one stock: prices, who traded, credit, programs.

Known deviations: ka10005 knows weeks, months and minutes by its name only; its request has no
parameter for them, so it answers days.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import INVESTORS, Candles, Ints
from kiwoom_sim.protocol.calls import (
    Call,
    Parts,
    Query,
    Result,
    history_start,
    last_day,
    split_symbol,
)
from kiwoom_sim.protocol.measures import PERCENT, rate_percent, strength_percent
from kiwoom_sim.protocol.paging import key_of_time, read_key
from kiwoom_sim.protocol.queries.candles import day_signs, newest_first
from kiwoom_sim.protocol.queries.day_figures import day_strengths, off_hours
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_INDIVIDUAL = INVESTORS.index("individual")
_FOREIGN = INVESTORS.index("foreign")
_INSTITUTIONS = slice(INVESTORS.index("financial_investment"), INVESTORS.index("state") + 1)


class DayPrices(Struct, frozen=True, kw_only=True):
    """Hold prices and trading of days, newest first; rates in hundredths of a percent."""

    day: list[int]
    base: list[int]
    open: list[int]
    high: list[int]
    low: list[int]
    close: list[int]
    change: list[int]
    rate: list[int]
    sign: list[str]
    volume: list[int]
    turnover: list[int]
    strength: list[int]


class DayFlows(Struct, frozen=True, kw_only=True):
    """Hold who traded on days, newest first; nets in shares.

    Attributes:
        foreign_ratio: Foreign holding over the listed shares, in hundredths of a percent.
        foreign_share: Foreign part of the day's trading, likewise.
        foreign_broker_net: Net buys through foreign member firms (외국계).
    """

    foreign_ratio: list[int]
    foreign_share: list[int]
    foreign_net: list[int]
    institution_net: list[int]
    individual_net: list[int]
    foreign_broker_net: list[int]
    credit_ratio: list[int]
    program_net: list[int]


class DayParts(Struct, frozen=True, kw_only=True):
    """Hold trading before, in and after the session; shares in hundredths of a percent.

    Attributes:
        total_volume: All three together; shares are measured against it.
    """

    before_volume: list[int]
    before_share: list[int]
    session_volume: list[int]
    session_share: list[int]
    after_volume: list[int]
    after_share: list[int]
    total_volume: list[int]
    before_turnover: list[int]
    before_turnover_share: list[int]
    session_turnover: list[int]
    session_turnover_share: list[int]
    after_turnover: list[int]
    after_turnover_share: list[int]


def on_days(days: Ints, source_days: Ints, values: Ints) -> Ints:
    """Return the values of `source_days` (ascending) at `days`; 0 where there is none."""
    found: Ints = np.zeros(len(days), dtype=np.int64)
    if len(source_days) == 0:
        return found
    places = np.minimum(np.searchsorted(source_days, days), len(source_days) - 1)
    found[:] = np.where(source_days[places] == days, values[places], 0)
    return found


def _shares(part: Ints, whole: Ints) -> Ints:
    """Return parts of wholes in hundredths of a percent, 0 for an empty whole."""
    divisor = np.maximum(whole, 1)
    shares: Ints = (2 * part * PERCENT + divisor) // (2 * divisor)
    return shares


def _day_flows(views: Views, code: str, candles: Candles) -> DayFlows:
    """Return who traded on the days of the candles, newest first."""
    investors, now, count = views.market.investors, views.now_ms, len(candles)
    days = candles.time // MS_PER_DAY
    last = int(days[-1])
    shares = views.market.listed_shares(code, last)
    flows = investors.flows(code, now, last, count)
    net = flows.buy - flows.sell
    foreign = (flows.buy + flows.sell)[:, _FOREIGN] // 2
    bought, sold = investors.program(code, now, last, count)
    columns = {
        "foreign_net": net[:, _FOREIGN],
        "institution_net": net[:, _INSTITUTIONS].sum(axis=1),
        "individual_net": net[:, _INDIVIDUAL],
        "program_net": bought - sold,
        "foreign_share": foreign,
        "foreign_ratio": investors.foreign_holdings(code, now, last, count),
    }
    on = {name: on_days(days, flows.day, values) for name, values in columns.items()}
    on["foreign_share"] = _shares(on["foreign_share"], candles.volume)
    on["foreign_ratio"] = _shares(on["foreign_ratio"], np.full(count, shares))
    on["foreign_broker_net"] = views.market.brokers.foreign_nets(code, now, last, count)
    values = {name: newest_first(column, count) for name, column in on.items()}
    newest = days[::-1].tolist()
    credit = [investors.credit_ratio_bps(code, day) for day in newest]
    return DayFlows(**values, credit_ratio=credit)


def _day_parts(views: Views, code: str, candles: Candles) -> DayParts:
    """Return trading before, in and after the session, newest first."""
    count = len(candles)
    outside = off_hours(views.market.universe.seed, code, candles)
    volume = candles.volume + outside.before_volume + outside.after_volume
    turnover = candles.turnover + outside.before_turnover + outside.after_turnover
    columns = {
        "before_volume": outside.before_volume,
        "before_share": _shares(outside.before_volume, volume),
        "session_volume": candles.volume,
        "session_share": _shares(candles.volume, volume),
        "after_volume": outside.after_volume,
        "after_share": _shares(outside.after_volume, volume),
        "total_volume": volume,
        "before_turnover": outside.before_turnover,
        "before_turnover_share": _shares(outside.before_turnover, turnover),
        "session_turnover": candles.turnover,
        "session_turnover_share": _shares(candles.turnover, turnover),
        "after_turnover": outside.after_turnover,
        "after_turnover_share": _shares(outside.after_turnover, turnover),
    }
    return DayParts(**{name: newest_first(column, count) for name, column in columns.items()})


def _strengths(views: Views, code: str, candles: Candles) -> list[int]:
    strengths = newest_first(day_strengths(views.market.universe.seed, code, candles), len(candles))
    if int(candles.time[-1]) // MS_PER_DAY == day_of(views.now_ms):
        quote = views.market.quote(code, views.now_ms)
        strengths[0] = strength_percent(quote.buy_volume, quote.sell_volume)
    return strengths


def _day_prices(views: Views, candles: Candles, instrument: Instrument) -> DayPrices:
    count = len(candles)
    closes, bases = newest_first(candles.close, count), newest_first(candles.base, count)
    return DayPrices(
        day=newest_first(candles.time // MS_PER_DAY, count),
        base=bases,
        open=newest_first(candles.open, count),
        high=newest_first(candles.high, count),
        low=newest_first(candles.low, count),
        close=closes,
        change=newest_first(candles.close - candles.base, count),
        rate=[rate_percent(*pair) for pair in zip(closes, bases, strict=True)],
        sign=day_signs(candles, instrument)[::-1],
        volume=newest_first(candles.volume, count),
        turnover=newest_first(candles.turnover, count),
        strength=_strengths(views, instrument.code, candles),
    )


def shows_flows(spec: ApiSpec, call: Call) -> bool:
    """Return whether an answer has columns of `DayFlows` that are not blank."""
    return any(
        field.source in DayFlows.__struct_fields__
        and not (field.blank and call.oddities == "as-real")
        for field in spec.row.values()
    )


def day_history(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10005 (the newest days) and ka10015 (days up to `strt_dt`, in pages)."""
    text = call.text("stk_cd")
    code, _ = split_symbol(text)
    day = last_day(call, views, str(spec.params.get("start", "")))
    if isinstance(day, Refused):
        return day
    instrument = views.instrument(code)
    if call.next_key:
        key = read_key(call.next_key, text)
        if isinstance(key, Refused):
            return key
        day = min(day, key.day - 1)
    if instrument is None or day < history_start(views):
        return Result()
    size = spec.page_size or int(spec.params["count"])
    candles = views.market.days(code, views.now_ms, day, size + 1, adjusted=False)
    more = len(candles) > size and spec.page_size > 0
    shown = newest_candles(candles, size)
    if len(shown) == 0:
        return Result()
    parts: list[Struct] = [_day_prices(views, shown, instrument), _day_parts(views, code, shown)]
    if shows_flows(spec, call):
        parts.append(_day_flows(views, code, shown))
    columns = Parts(*parts)
    next_key = key_of_time(text, int(shown.time[0])) if more else ""
    return Result(columns=columns, count=len(shown), next_key=next_key)


def newest_candles(candles: Candles, count: int) -> Candles:
    """Return the newest candles, oldest first."""
    return Candles(**{name: getattr(candles, name)[-count:] for name in candles.__struct_fields__})


QUERIES = {"day_history": Query(day_history, columns=(DayPrices, DayFlows, DayParts))}
