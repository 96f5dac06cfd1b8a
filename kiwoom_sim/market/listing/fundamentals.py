"""Invent the accounts of a listed company: coherent, seeded, scaled to its reference price.

Book value comes from a price-to-book ratio typical of the sector, profit from a return on that
book value, sales from a turnover of it. Nothing here depends on the day, so ratios that need a
price (PER, PBR, EV/EBITDA) take it as an argument and never contradict the quote.

Not for: real accounts. Only the foreign ownership caps and the reference holdings of a few large
companies are facts; every other figure is drawn.

Source:
    Foreign ownership caps: Financial Investment Services and Capital Markets Act, Broadcasting
    Act, Telecommunications Business Act and Aviation Business Act. Holdings: KRX 2026-03, rounded.
"""

from math import exp

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.rng import normal_quantile, stream_keys, uniform_grid
from kiwoom_sim.market.listing.instruments import Instrument

FULL_BPS = 10_000

FOREIGN_CAP_BPS = {
    "015760": 4_000,  # KEPCO
    "036460": 3_000,  # KOGAS
    "017670": 4_900, "030200": 4_900, "032640": 4_900,  # telecommunication carriers
    "003490": 4_999, "020560": 4_999, "089590": 4_999, "091810": 4_999, "272450": 4_999,  # airlines
    "035760": 4_900, "057050": 4_900, "028150": 4_900,  # home shopping and cable
    "034120": 0, "040300": 0,  # terrestrial television and YTN
}  # fmt: skip
"""Caps on the total foreign holding, in basis points of the listed shares; others 10,000."""

_KNOWN_HOLDING_BPS = {
    "005930": 5_020, "005935": 7_480, "000660": 5_370, "105560": 7_590, "055550": 5_920,
    "086790": 6_710, "035420": 4_180, "005380": 3_690, "000270": 3_930, "051910": 3_360,
    "033780": 4_310, "030200": 4_895, "017670": 4_080, "015760": 1_890,
}  # fmt: skip

_GROWTH = ("제약", "의료", "IT 서비스", "전기/전자", "오락", "기계")
_FINANCE = ("금융", "증권", "보험", "은행")
_COMPANY_TYPES = frozenset({"COMMON", "FOREIGN", "DR", "REIT", "INFRA"})


class CompanyFacts(Struct, frozen=True, kw_only=True):
    """Hold the reported figures of one instrument; amounts in won, ratios in basis points.

    Instruments without accounts of their own (preferred shares, SPACs, ETF, ETN, ELW) have
    `eps` and `bps` None and amounts 0.

    Attributes:
        settlement_month: Month in which the financial year ends, 1..12.
        capital_won: Paid-in capital (자본금).
        eps, bps: Net income and equity per listed share; `eps` is negative after a loss.
        ebitda_won, net_debt_won: For the EV/EBITDA ratio.
        credit_ratio_bps: Shares bought on margin loans (신용비율), of the listed shares.
        floating_bps: Freely traded shares (유통비율), of the listed shares.
        substitute_bps: Collateral value (대용가), of the base price.
        foreign_cap_bps: Most that foreigners may hold, of the listed shares.
        foreign_reference: Shares that foreigners held at the close of the reference day.
    """

    settlement_month: int
    capital_won: int
    eps: int | None
    bps: int | None
    roe_bps: int
    sales_won: int
    operating_profit_won: int
    net_income_won: int
    ebitda_won: int
    net_debt_won: int
    credit_ratio_bps: int
    floating_bps: int
    substitute_bps: int
    foreign_cap_bps: int
    foreign_reference: int

    def per_hundredths(self, price: int) -> int | None:
        """Return price over earnings (PER) times 100 at a price, None without earnings."""
        return None if self.eps is None or self.eps <= 0 else price * 100 // self.eps

    def pbr_hundredths(self, price: int) -> int | None:
        """Return price over book value (PBR) times 100 at a price, None without book value."""
        return None if self.bps is None or self.bps <= 0 else price * 100 // self.bps

    def ev_hundredths(self, market_cap_won: int) -> int | None:
        """Return EV/EBITDA times 100 at a market capitalisation, None without EBITDA."""
        if self.ebitda_won <= 0:
            return None
        return (market_cap_won + self.net_debt_won) * 100 // self.ebitda_won

    def foreign_cap(self, listed_shares: int) -> int:
        """Return the most shares that foreigners may hold."""
        return listed_shares * self.foreign_cap_bps // FULL_BPS


def company_facts(seed: int, instrument: Instrument) -> CompanyFacts:
    """Return the reported figures of an instrument; the same for the same seed and instrument."""
    draws = uniform_grid(stream_keys(seed, "fundamentals", [instrument.code]), [0], 16)
    uniform = draws[0]
    normal = normal_quantile(draws)[0]
    shares = instrument.listed_shares
    has_accounts = instrument.sec_type in _COMPANY_TYPES
    equity = _equity(instrument, normal) if has_accounts else 0
    bps = equity // shares if has_accounts else None
    eps = _earnings_per_share(instrument, bps, uniform, normal) if bps is not None else None
    net_income = (eps or 0) * shares
    sales, operating_profit = _operations(instrument, equity, net_income, uniform, normal)
    cap_bps = FOREIGN_CAP_BPS.get(instrument.code, FULL_BPS)
    return CompanyFacts(
        settlement_month=_settlement_month(uniform[0]),
        capital_won=(instrument.par_value or 100) * shares,
        eps=eps,
        bps=bps,
        roe_bps=eps * FULL_BPS // bps if eps is not None and bps else 0,
        sales_won=sales,
        operating_profit_won=operating_profit,
        net_income_won=net_income,
        ebitda_won=operating_profit + int(sales * (0.03 + 0.05 * uniform[5])),
        net_debt_won=int(equity * min(1.5, max(-0.4, 0.15 + 0.35 * normal[6]))),
        credit_ratio_bps=_credit_ratio(instrument, normal[7]),
        floating_bps=_between(uniform[8], *((5_500, 8_500) if _is_large(instrument) else
                                            (3_000, 7_500))),
        substitute_bps=_between(uniform[9], 6_500, 8_000),
        foreign_cap_bps=cap_bps,
        foreign_reference=shares * min(cap_bps, _holding(instrument, normal[10])) // FULL_BPS,
    )  # fmt: skip


def _is_large(instrument: Instrument) -> bool:
    return instrument.size_class == "대"


def _is_finance(instrument: Instrument) -> bool:
    return any(word in (instrument.sector_name or "") for word in _FINANCE)


def _is_growth(instrument: Instrument) -> bool:
    return any(word in (instrument.sector_name or "") for word in _GROWTH)


def _between(uniform: float, low: int, high: int) -> int:
    return low + int(uniform * (high - low + 1))


def _settlement_month(uniform: float) -> int:
    for bound, month in ((0.93, 12), (0.96, 3), (0.99, 6)):
        if uniform < bound:
            return month
    return 9


def _equity(instrument: Instrument, normal: NDArray[np.float64]) -> int:
    """Return the book value: market capitalisation over a price-to-book ratio of the sector."""
    ratio = 0.6 if _is_finance(instrument) else 2.2 if _is_growth(instrument) else 0.95
    if instrument.market == "KOSDAQ":
        ratio *= 1.3
    spread = 0.25 if _is_finance(instrument) else 0.45
    cap = instrument.ref_price * instrument.listed_shares
    return max(instrument.listed_shares, int(cap / (ratio * exp(spread * float(normal[1])))))


def _earnings_per_share(
    instrument: Instrument, bps: int, uniform: NDArray[np.float64], normal: NDArray[np.float64]
) -> int:
    """Return net income per share: a loss in a sixth of all companies, more in small ones."""
    loss = 0.06 if _is_large(instrument) else 0.22
    if instrument.market == "KOSDAQ":
        loss += 0.10
    if _is_growth(instrument):
        loss += 0.06
    if uniform[2] < loss:
        return -max(1, int(bps * (0.02 + 0.28 * uniform[3] ** 2)))
    return max(1, int(bps * min(0.40, 0.085 * exp(0.5 * float(normal[3])))))


def _operations(
    instrument: Instrument,
    equity: int,
    net_income: int,
    uniform: NDArray[np.float64],
    normal: NDArray[np.float64],
) -> tuple[int, int]:
    """Return sales and operating profit that are in proportion to equity and net income."""
    if equity == 0:
        return 0, 0
    name = instrument.sector_name or ""
    turnover = 0.5 if _is_finance(instrument) or "제약" in name else 3.0 if "유통" in name else 1.3
    sales = int(equity * turnover * exp(0.4 * float(normal[4])))
    sales = max(sales, abs(net_income) * 2)
    other = (uniform[11] - 0.5) * 0.02 * sales
    operating_profit = int((net_income / 0.77 if net_income > 0 else net_income * 0.8) + other)
    return sales, max(-sales, min(operating_profit, int(sales * 0.7)))


def _credit_ratio(instrument: Instrument, normal: float) -> int:
    if not instrument.credit_ok:
        return 0
    middle = 250 if instrument.market == "KOSDAQ" else 35 if _is_large(instrument) else 120
    return min(1_000, max(1, int(middle * exp(0.6 * float(normal)))))


def _holding(instrument: Instrument, normal: float) -> int:
    """Return the foreign holding at the reference day in basis points, before the cap."""
    known = _KNOWN_HOLDING_BPS.get(instrument.code)
    if known is not None:
        return known
    if instrument.sec_type not in _COMPANY_TYPES | {"PREF"}:
        return 0 if instrument.sec_type == "ELW" else _between(float(abs(normal)) % 1.0, 10, 400)
    if instrument.market == "KOSDAQ":
        middle = 1_100 if _is_large(instrument) else 280
    else:
        middle = 2_050 if _is_large(instrument) else 700
    return min(7_000, int(middle * exp(0.6 * float(normal))))
