"""Answer the index forms of the `ralph` dialect: KS11 is the KOSPI, KQ11 the KOSDAQ.

Levels have two decimals, volumes are shares.
"""

from kiwoom_sim.core.clock import day_of, format_day, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol.measures import rate_percent
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.protocol.ralph.forms import INDEX_CODES, IndexChartForm, IndexQuoteForm
from kiwoom_sim.protocol.ralph.replies import Denied, denial, success, two_decimals
from kiwoom_sim.protocol.ralph.spans import index_span

INDEX_NAMES = {"KS11": "KOSPI", "KQ11": "KOSDAQ"}


def index_quote(form: IndexQuoteForm, views: Views) -> ApiReply:
    """Answer an index now; its change and rate carry their sign."""
    quote = views.market.indices.quote(INDEX_CODES[form.stk_cd], views.now_ms)
    return success(
        {
            "stk_cd": form.stk_cd,
            "stk_nm": INDEX_NAMES[form.stk_cd],
            "cur_prc": two_decimals(quote.last),
            "pred_pre": two_decimals(quote.last - quote.base, plus=True),
            "flu_rt": two_decimals(rate_percent(quote.last, quote.base), plus=True),
            "trde_qty": str(quote.volume),
        }
    )


def index_chart(form: IndexChartForm, views: Views) -> ApiReply:
    """Answer the day candles of an index, oldest first."""
    days = index_span(form, views)
    if isinstance(days, Denied):
        return denial(days)
    rows: list[dict[str, str]] = []
    if len(days):
        candles = views.market.indices.days(
            INDEX_CODES[form.stk_cd], views.now_ms, int(days[-1]), len(days)
        )
        first_ms = moment(int(days[0]))
        columns = (
            candles.time, candles.open, candles.high, candles.low, candles.close, candles.volume,
        )  # fmt: skip
        rows = [
            {
                "dt": format_day(day_of(time)),
                "opn_prc": two_decimals(first),
                "hgh_prc": two_decimals(high),
                "lw_prc": two_decimals(low),
                "cls_prc": two_decimals(close),
                "trde_qty": str(volume),
            }
            for time, first, high, low, close, volume in zip(
                *(column.tolist() for column in columns), strict=True
            )
            if time >= first_ms
        ]
    return success({"dtal_1": rows})
