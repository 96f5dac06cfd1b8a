"""Answer the basic information of a stock (주식기본정보): accounts, extremes, today's quote.

Known deviations: the weight in the market's capitalisation is measured against that of the
reference day. Funds, warrants and preferred shares have no accounts; those fields are blank, as
on the real service.
"""

from functools import lru_cache

from msgspec import Struct

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.fundamentals import FULL_BPS, CompanyFacts
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Quote
from kiwoom_sim.protocol.calls import Call, Parts, Query, Result, split_symbol, unknown_symbol
from kiwoom_sim.protocol.measures import percent
from kiwoom_sim.protocol.queries.extremes import PastLine, symbol_past_line
from kiwoom_sim.protocol.queries.quote_lines import FUND_MARKETS, QuoteLine, quote_line
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_SUBSTITUTE_STEP_WON = 10


class AccountLine(Struct, frozen=True, kw_only=True):
    """Hold what follows from a company's accounts at a price; None where it has none.

    Attributes:
        per, roe, pbr, ev: Ratios in hundredths.
        floating_rate: Freely traded part of the shares in hundredths of a percent.
    """

    settlement_month: int
    per: int | None
    eps: int | None
    roe: int | None
    pbr: int | None
    ev: int | None
    bps: int | None
    sales: int | None
    operating_profit: int | None
    net_income: int | None
    floating_shares: int
    floating_rate: int


class HoldingLine(Struct, frozen=True, kw_only=True):
    """Hold who owns the shares and what they are worth as collateral.

    Attributes:
        market_weight: Part of the board's capitalisation on the reference day.
        foreign_exhaustion: Foreign holding over its cap (외인소진률).
        credit_ratio: Shares bought on credit (신용비율).
        substitute_price: Collateral value (대용가) in won.
    """

    market_weight: int
    foreign_exhaustion: int
    credit_ratio: int
    substitute_price: int


def account_line(facts: CompanyFacts, last: int, shares: int, reference_shares: int) -> AccountLine:
    """Return the accounts of a company at a price.

    Args:
        facts: Accounts, per share of the reference day.
        last: Price in won.
        shares: Listed shares now; a split changes them.
        reference_shares: Listed shares of the reference day.
    """
    known = facts.bps is not None
    unsplit = last * shares // max(1, reference_shares)
    return AccountLine(
        settlement_month=facts.settlement_month,
        per=facts.per_hundredths(unsplit),
        eps=_per_share(facts.eps, shares, reference_shares),
        roe=facts.roe_bps if known else None,
        pbr=facts.pbr_hundredths(unsplit),
        ev=facts.ev_hundredths(last * shares),
        bps=_per_share(facts.bps, shares, reference_shares),
        sales=facts.sales_won if known else None,
        operating_profit=facts.operating_profit_won if known else None,
        net_income=facts.net_income_won if known else None,
        floating_shares=shares * facts.floating_bps // FULL_BPS,
        floating_rate=facts.floating_bps,
    )


def _per_share(value: int | None, shares: int, reference_shares: int) -> int | None:
    return None if value is None else value * reference_shares // max(1, shares)


@lru_cache(maxsize=8)
def _board_caps(universe: Universe) -> dict[str, int]:
    """Return the capitalisation of each market on the reference day, in won."""
    caps: dict[str, int] = {}
    for each in universe.instruments:
        caps[each.market] = caps.get(each.market, 0) + each.ref_price * each.listed_shares
    return caps


def _holding_line(views: Views, code: str, quote: Quote, facts: CompanyFacts) -> HoldingLine:
    market, today = views.market, day_of(views.now_ms)
    instrument = market.universe.by_code[code]
    held = market.investors.foreign_holding(code, today, views.now_ms)
    step = 1 if instrument.market in FUND_MARKETS else _SUBSTITUTE_STEP_WON
    shares = quote.listed_shares
    return HoldingLine(
        market_weight=percent(quote.last * shares, _board_caps(market.universe)[instrument.market]),
        foreign_exhaustion=percent(held, facts.foreign_cap(shares)),
        credit_ratio=market.investors.credit_ratio_bps(code, today),
        substitute_price=quote.base * facts.substitute_bps // FULL_BPS // step * step,
    )


def stock_sheet(_spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10001."""
    text = call.text("stk_cd")
    code, venue = split_symbol(text)
    instrument = views.instrument(code)
    if instrument is None:
        return unknown_symbol(text)
    quote = views.market.quote(code, views.now_ms, venue)
    facts = views.market.investors.facts(code)
    record = Parts(
        quote_line(text, instrument, quote),
        account_line(facts, quote.last, quote.listed_shares, instrument.listed_shares),
        _holding_line(views, code, quote, facts),
        symbol_past_line(views, code, quote.last),
    )
    return Result(record=record)


QUERIES = {
    "stock_sheet": Query(stock_sheet, record=(QuoteLine, AccountLine, HoldingLine, PastLine)),
}
