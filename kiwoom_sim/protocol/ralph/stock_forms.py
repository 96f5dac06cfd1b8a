"""Answer the stock forms of the `ralph` dialect: price, day chart, investors, list.

The numbers come from the market calls and queries behind the official APIs; only their dress is
different: rows oldest first in the day chart, prices without a direction sign, no padding.
"""

from functools import cache

import msgspec
from msgspec import structs

from kiwoom_sim.core.clock import day_of, format_day, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Candles
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.measures import percent, rate_percent
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.protocol.projection import projection
from kiwoom_sim.protocol.queries.investor_days import InvestorColumns, investor_days
from kiwoom_sim.protocol.queries.listings import InstrumentLine, instrument_list
from kiwoom_sim.protocol.ralph.forms import (
    DayChartForm,
    InvestorChartForm,
    PriceForm,
    StockListForm,
)
from kiwoom_sim.protocol.ralph.replies import Denied, denial, quoted, success, two_decimals
from kiwoom_sim.protocol.ralph.spans import stock_span
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

LAST_PAGE = {"cont-yn": "N", "next-key": ""}
"""Members of the lists that the older servers sent in the body; there is never another page."""

INVESTOR_SESSIONS = 10

MARKET_NAMES = {"0": "KOSPI", "10": "KOSDAQ"}

_OLDER_NAMES = {
    "trst": "invtrt",
    "pens": "penfnd_etc",
    "fin": "fnnc_invt",
    "ins": "insrnc",
    "etc_fin": "etc_fnnc",
}
"""Members of an investor row that the older servers named otherwise than the broker."""

_MILLION = 1_000_000


def price(form: PriceForm, views: Views) -> ApiReply:
    """Answer t0414: code, name, price, change, change rate, bid, ask and volume, all as texts."""
    instrument = views.instrument(form.shcode)
    if instrument is None:
        return _unknown("shcode", form.shcode)
    quote = views.market.quote(form.shcode, views.now_ms)
    line = [
        form.shcode,
        instrument.name_ko,
        str(quote.last),
        str(quote.last - quote.base),
        two_decimals(rate_percent(quote.last, quote.base)),
        str(quote.bid),
        str(quote.ask),
        str(quote.volume),
    ]
    return success({"result": {"t0414": line}})


def day_chart(form: DayChartForm, views: Views) -> ApiReply:
    """Answer the day candles of a stock, oldest first."""
    code = form.stk_cd
    if views.instrument(code) is None:
        return _unknown("stk_cd", code)
    days = stock_span(form, views)
    if isinstance(days, Denied):
        return denial(days)
    rows: list[dict[str, str]] = []
    if len(days):
        candles = views.market.days(
            code, views.now_ms, int(days[-1]), len(days), adjusted=form.upd_stkpc_tp == "1"
        )
        shares = views.market.listed_shares(code, day_of(views.now_ms))
        rows = _day_rows(candles, moment(int(days[0])), shares)
    return success({"stk_dt_pole_chart_qry": rows})


def _day_rows(candles: Candles, first_ms: int, shares: int) -> list[dict[str, str]]:
    """Return rows of the candles from a time on; a market may hold none of the last day yet."""
    columns = (
        candles.time, candles.open, candles.high, candles.low, candles.close, candles.base,
        candles.volume, candles.turnover,
    )  # fmt: skip
    return [
        {
            "dt": format_day(day_of(time)),
            "open_pric": str(first),
            "high_pric": str(high),
            "low_pric": str(low),
            "cur_prc": str(close),
            "pred_pre": str(close - base),
            "pred_pre_sig": "-" if close < base else "+",
            "trde_qty": str(volume),
            "trde_prica": str(turnover // _MILLION),
            "trde_tern_rt": two_decimals(percent(volume, shares)),
        }
        for time, first, high, low, close, base, volume, turnover in zip(
            *(column.tolist() for column in columns), strict=True
        )
        if time >= first_ms
    ]


def investor_chart(form: InvestorChartForm, views: Views) -> ApiReply:
    """Answer who bought and sold a stock in the ten sessions up to `dt`, newest first."""
    if views.instrument(form.stk_cd) is None:
        return _unknown("stk_cd", form.stk_cd)
    spec, call = _investor_spec(), Call(body=structs.asdict(form), oddities="clean")
    result = investor_days(spec, call, views)
    assert not isinstance(result, Refused), "the form's values are checked"
    rows: list[dict[str, str]] = []
    if isinstance(result.columns, InvestorColumns):
        columns = result.columns
        texts = projection(spec, "row", call.oddities).rows(columns, result.count)
        rows = msgspec.json.decode(f"[{texts}]")
        for row, close, rate, volume in zip(
            rows, columns.close, columns.rate, columns.volume, strict=True
        ):
            row["cur_prc"] = str(close)
            row["flu_rt"] = two_decimals(rate)
            row["trde_qty"] = str(volume)
            row.update({older: row[name] for older, name in _OLDER_NAMES.items()})
    return success({"stk_invsr_orgn_chart": rows, **LAST_PAGE})


@cache
def _investor_spec() -> ApiSpec:
    """Return the official API, shortened to the page of the dialect."""
    spec = loader.spec(InvestorChartForm.api_id)
    assert spec is not None
    return structs.replace(spec, params={**spec.params, "count": INVESTOR_SESSIONS})


def stock_list(form: StockListForm, views: Views) -> ApiReply:
    """Answer the stocks of a market, in code order."""
    spec = loader.spec(form.api_id)
    assert spec is not None
    result = instrument_list(spec, Call(body={"mrkt_tp": form.mrkt_tp}), views)
    assert not isinstance(result, Refused), "a market that the form allows is known"
    assert isinstance(result.columns, list)
    return success({"list": [_list_row(line) for line in result.columns], **LAST_PAGE})


def _list_row(line: InstrumentLine) -> dict[str, str]:
    return {
        "code": line.code,
        "name": line.name,
        "upName": line.sector_name,
        "marketCode": line.market_code,
        "marketName": MARKET_NAMES[line.market_code],
        "state": line.state,
        "listCount": str(line.listed_shares),
        "regDay": "" if line.list_day is None else format_day(line.list_day),
        "lastPrice": str(line.last),
    }


def _unknown(name: str, code: str) -> ApiReply:
    return denial(Denied(400, f"{name} {quoted(code)} is not listed"))
