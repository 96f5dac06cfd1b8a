"""Answer the lists of instruments and sectors (종목정보, 업종코드).

Known deviations: `state` and `auditInfo` are made from the flags of the packaged instrument
table, of which only liquidation trading begins during a run.
"""

from functools import lru_cache

from msgspec import Struct

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.listing.reference import load_reference, select_members
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.listings import LIQUIDATION
from kiwoom_sim.protocol.calls import Call, Query, Result, split_symbol, unknown_symbol
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

MARKETS = {
    "KOSPI": ("0", "거래소"),
    "KOSDAQ": ("10", "코스닥"),
    "ETF": ("8", "ETF"),
    "ETN": ("60", "ETN"),
    "ELW": ("3", "ELW"),
    "REIT": ("6", "리츠종목"),
    "INFRA": ("2", "인프라투융자"),
}
"""Codes (`mrkt_tp`) and names of the markets that have instruments."""

_SIZES = {"대": "대형주", "중": "중형주", "소": "소형주"}
_AUDIT = {
    "MANAGED": "관리종목", "CAUTION": "투자주의환기종목", "WARN2": "투자경고", "WARN1": "투자주의",
}  # fmt: skip
_ORDER_WARNINGS = {LIQUIDATION: "2", "WARN2": "5", "OVERHEAT_EXT": "3", "OVERHEAT_NOTICE": "3"}
_STATES = {
    LIQUIDATION: "정리매매", "HALT": "거래정지", "MANAGED": "관리종목", "LOWLIQ": "저유동성종목",
    "OVERHEAT_EXT": "단기과열",
}  # fmt: skip
_DEPARTMENTS = {
    "142": "우량기업부", "143": "벤처기업부", "144": "중견기업부", "145": "기술성장기업부",
}  # fmt: skip


class InstrumentLine(Struct, frozen=True, kw_only=True):
    """Hold one row of ka10099, or the answer of ka10100.

    Attributes:
        last: Close of the previous session in won.
        list_day: Listing day, None if unknown.
        company_class: Department of the KOSDAQ board, else empty.
    """

    code: str
    name: str
    listed_shares: int
    audit: str
    list_day: int | None
    last: int
    state: str
    market_code: str
    market_name: str
    sector_name: str
    size_name: str
    order_warning: str
    company_class: str
    nxt_enable: str


class SectorColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of ka10101."""

    market_code: list[str]
    code: list[str]
    name: list[str]
    group: list[str]


def market_of(instrument: Instrument) -> tuple[str, str]:
    """Return the market's code and name; REITs and infrastructure funds have their own."""
    own = instrument.sec_type if instrument.sec_type in MARKETS else instrument.market
    return MARKETS[own]


def _first(table: dict[str, str], flags: tuple[str, ...], otherwise: str) -> str:
    return next((text for flag, text in table.items() if flag in flags), otherwise)


def state_text(instrument: Instrument, flags: tuple[str, ...]) -> str:
    """Return the state (종목상태): the margin rate, then what is restricted or allowed."""
    parts = [text for flag, text in _STATES.items() if flag in flags]
    parts.append(f"증거금{instrument.margin_rate}%")
    if instrument.credit_ok:
        parts += ["담보대출", "신용가능"]
    return "|".join(parts)


@lru_cache(maxsize=8)
def _departments(universe: Universe) -> dict[str, str]:
    """Return the KOSDAQ department of each code that is in one."""
    indices = load_reference().indices
    found: dict[str, str] = {}
    for index_code, name in _DEPARTMENTS.items():
        if index_code in indices:
            for row in select_members(indices[index_code], universe).tolist():
                found.setdefault(universe.codes[row], name)
    return found


def instrument_line(instrument: Instrument, last: int, views: Views) -> InstrumentLine:
    """Return the line of an instrument; `last` is its previous close in won."""
    market = views.market
    market_code, market_name = market_of(instrument)
    flags = market.listings.flags(instrument, views.now_ms)
    on_kosdaq = instrument.market == "KOSDAQ"
    return InstrumentLine(
        code=instrument.code,
        name=instrument.name_ko,
        listed_shares=market.listed_shares(instrument.code, day_of(views.now_ms)),
        audit=_first(_AUDIT, flags, "정상"),
        list_day=instrument.list_day or None,
        last=last,
        state=state_text(instrument, flags),
        market_code=market_code,
        market_name=market_name,
        sector_name=instrument.sector_name,
        size_name=_SIZES.get(instrument.size_class, ""),
        order_warning=_first(_ORDER_WARNINGS, flags, "0"),
        company_class=_departments(market.universe).get(instrument.code, "") if on_kosdaq else "",
        nxt_enable="Y" if instrument.nxt_ok else "N",
    )


def instrument_list(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10099: all instruments of a market, in code order, on one page."""
    wanted = call.text("mrkt_tp")
    now = views.market.listings.instruments(views.now_ms)
    listed = [each for each in now if market_of(each)[0] == wanted]
    listed.sort(key=lambda each: each.code)
    codes = [each.code for each in listed]
    if not codes:
        return Result(columns=[])
    bases = views.market.snapshot(views.now_ms, codes).base.tolist()
    rows = [instrument_line(each, base, views) for each, base in zip(listed, bases, strict=True)]
    return Result(columns=rows, count=len(rows))


def instrument_line_of(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10100."""
    text = call.text("stk_cd")
    code, _ = split_symbol(text)
    instrument = views.instrument(code)
    if instrument is None:
        return unknown_symbol(text)
    base = views.market.quote(code, views.now_ms).base
    return Result(record=instrument_line(instrument, base, views))


def sector_list(_spec: ApiSpec, call: Call, _views: Views) -> Result | Refused:
    """Answer ka10101: the current indices and sectors of a market."""
    wanted = call.text("mrkt_tp")
    found = [
        each
        for each in load_reference().indices.values()
        if each.market_type == wanted and not each.legacy
    ]
    columns = SectorColumns(
        market_code=[each.market_type for each in found],
        code=[each.code for each in found],
        name=[each.name_ko for each in found],
        group=[each.group for each in found],
    )
    return Result(columns=columns, count=len(found))


QUERIES = {
    "instrument_list": Query(instrument_list, columns=(InstrumentLine,)),
    "instrument_line": Query(instrument_line_of, record=(InstrumentLine,)),
    "sector_list": Query(sector_list, columns=(SectorColumns,)),
}
