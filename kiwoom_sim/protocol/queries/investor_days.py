"""Answer who bought and sold a stock, day by day (종목별 투자자/기관)."""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import INVESTORS, Flows, Ints
from kiwoom_sim.protocol.calls import (
    Call,
    Query,
    Result,
    bad_value,
    history_start,
    last_day,
    split_symbol,
    unknown_symbol,
)
from kiwoom_sim.protocol.measures import percent, rate_percent
from kiwoom_sim.protocol.paging import key_of_time, read_key
from kiwoom_sim.protocol.queries.candles import day_signs, newest_first
from kiwoom_sim.protocol.queries.day_history import newest_candles, on_days
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_FIRST_INSTITUTION = INVESTORS.index("financial_investment")
_LAST_INSTITUTION = INVESTORS.index("state")
_WON_PER_UNIT = 1_000_000


class InvestorColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of ka10059 and ka10060, in the unit that the request chose.

    Attributes:
        institutions: Sum of financial_investment .. state (기관계).
        volume, turnover: Of all investors, in shares and won.
    """

    day: list[int]
    base: list[int]
    close: list[int]
    change: list[int]
    rate: list[int]
    sign: list[str]
    volume: list[int]
    turnover: list[int]
    institutions: list[int]
    individual: list[int]
    foreign: list[int]
    financial_investment: list[int]
    insurance: list[int]
    investment_trust: list[int]
    other_finance: list[int]
    bank: list[int]
    pension: list[int]
    private_fund: list[int]
    state: list[int]
    other_corporation: list[int]
    resident_foreign: list[int]


def flow_values(flows: Flows, kind: str, unit: str, *, amounts: bool) -> Ints:
    """Return flows in the unit of a request, cut towards zero; shape (days, investors).

    Args:
        flows: The flows.
        kind: "0" net buys, "1" buys, "2" sells.
        unit: "1000" for thousand shares, else shares.
        amounts: Whether won are meant; their unit is a million, whatever `unit` says.
    """
    bought, sold = (flows.buy_won, flows.sell_won) if amounts else (flows.buy, flows.sell)
    values = bought if kind == "1" else sold if kind == "2" else bought - sold
    divisor = _WON_PER_UNIT if amounts else 1_000 if unit == "1000" else 1
    cut: Ints = np.sign(values) * (np.abs(values) // divisor)
    return cut


def _investor_lists(values: Ints, flow_days: Ints, days: Ints) -> dict[str, list[int]]:
    """Return a list per kind of investor, newest first."""
    lists = {
        name: newest_first(on_days(days, flow_days, values[:, place]), len(days))
        for place, name in enumerate(INVESTORS)
    }
    together = values[:, _FIRST_INSTITUTION : _LAST_INSTITUTION + 1].sum(axis=1)
    lists["institutions"] = newest_first(on_days(days, flow_days, together), len(days))
    return lists


def investor_days(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10059 and ka10060: days up to `dt`, newest first."""
    text = call.text("stk_cd")
    code, _ = split_symbol(text)
    day = last_day(call, views, "dt")
    if isinstance(day, Refused):
        return day
    kind = call.text("trde_tp", "0")
    if kind not in {"0", "1", "2"}:
        return bad_value("trde_tp", "매매구분 오류")
    if call.next_key:
        key = read_key(call.next_key, text)
        if isinstance(key, Refused):
            return key
        day = min(day, key.day - 1)
    instrument = views.instrument(code)
    if instrument is None or day < history_start(views):
        return Result()
    size = int(spec.params["count"])
    candles = views.market.days(code, views.now_ms, day, size + 1, adjusted=False)
    shown = newest_candles(candles, size)
    count = len(shown)
    if count == 0:
        return Result()
    days = shown.time // MS_PER_DAY
    flows = views.market.investors.flows(code, views.now_ms, int(days[-1]), count)
    amounts = call.text("amt_qty_tp", "1") != "2"
    values = flow_values(flows, kind, call.text("unit_tp", "1000"), amounts=amounts)
    closes, bases = newest_first(shown.close, count), newest_first(shown.base, count)
    columns = InvestorColumns(
        day=newest_first(days, count),
        base=bases,
        close=closes,
        change=newest_first(shown.close - shown.base, count),
        rate=[rate_percent(*pair) for pair in zip(closes, bases, strict=True)],
        sign=day_signs(shown, instrument)[::-1],
        volume=newest_first(shown.volume, count),
        turnover=newest_first(shown.turnover, count),
        **_investor_lists(values, flows.day, days),
    )
    next_key = key_of_time(text, int(shown.time[0])) if len(candles) > size else ""
    return Result(columns=columns, count=count, next_key=next_key)


class InstitutionLine(Struct, frozen=True, kw_only=True):
    """Hold what ka10009 shows of the newest session; nets in shares.

    Attributes:
        institution_sum: Net buys of institutions over the newest sessions.
        foreign_ratio: Foreign holding over the listed shares, in hundredths of a percent.
    """

    day: int
    base: int
    close: int
    change: int
    institution_sum: int
    institution_net: int
    foreign_net: int
    foreign_ratio: int


def institution_line(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10009."""
    text = call.text("stk_cd")
    code, _ = split_symbol(text)
    market, now = views.market, views.now_ms
    if views.instrument(code) is None:
        return unknown_symbol(text)
    candles = market.days(code, now, day_of(now), int(spec.params["count"]), adjusted=False)
    if not len(candles):
        return Result(record=_before_its_first_trade(views, code))
    day = day_of(int(candles.time[-1]))
    flows = market.investors.flows(code, now, day, len(candles))
    net = flows.buy - flows.sell
    together = net[:, _FIRST_INSTITUTION : _LAST_INSTITUTION + 1].sum(axis=1)
    held = int(market.investors.foreign_holdings(code, now, day, 1)[-1])
    record = InstitutionLine(
        day=day,
        base=int(candles.base[-1]),
        close=int(candles.close[-1]),
        change=int(candles.close[-1] - candles.base[-1]),
        institution_sum=int(together.sum()),
        institution_net=int(together[-1]),
        foreign_net=int(net[-1, INVESTORS.index("foreign")]),
        foreign_ratio=percent(held, market.listed_shares(code, day)),
    )
    return Result(record=record)


def _before_its_first_trade(views: Views, code: str) -> InstitutionLine:
    """Return what is known of a share on the morning of its listing."""
    quote = views.market.quote(code, views.now_ms)
    return InstitutionLine(
        day=quote.day,
        base=quote.base,
        close=quote.last,
        change=quote.last - quote.base,
        institution_sum=0,
        institution_net=0,
        foreign_net=0,
        foreign_ratio=0,
    )


QUERIES = {
    "investor_days": Query(investor_days, columns=(InvestorColumns,)),
    "institution_line": Query(institution_line, record=(InstitutionLine,)),
}
