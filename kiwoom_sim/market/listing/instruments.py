"""List the instruments of the market, one by one.

Not for: prices on any day but the reference day (2026-03-20), which `Instrument.ref_price` holds;
which instruments a run has, and their columns (`universe`).

Known deviations: prices of some funds are of a later day, or scaled back from one, and are taken
as of the reference day (`approx`); ELWs are invented; blanks of the data take the defaults below.

Source:
    KRX prices, volumes and share counts of 2026-03-20; sectors, flags and index membership of
    2026-07-22; beta and volatilities fitted on daily bars 2023-12 to 2025-06.
"""

from functools import cache

from msgspec import Struct

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.market.rules.ticks import Product
from kiwoom_sim.market.tables import read_rows

US_PRICE_UNITS = 10_000
"""Units of `Instrument.ref_price` per US dollar."""

_DEFAULT_SHAPE = (0.8, 0.03, 0.18, 0.8)
_FUND_SHAPES = {
    "CASH": (0.0, 0.0001, 0.3, 0.8),
    "BOND": (0.0, 0.003, 0.4, 0.7),
    "COMMODITY": (0.1, 0.016, 0.6, 0.6),
    "OVERSEAS_EQ": (0.3, 0.013, 0.7, 0.5),
    "OTHER": (0.9, 0.012, 0.4, 0.5),
}
_MARGIN_UNKNOWN = 100


class Instrument(Struct, frozen=True, kw_only=True):
    """Hold one listed instrument as of the reference day.

    Attributes:
        market: KOSPI, KOSDAQ, ETF, ETN, ELW, or a US exchange.
        sec_type: COMMON, PREF, REIT, INFRA, SPAC, DR, FOREIGN, ETF, ETN, ELW, US_STOCK, US_ETF.
        sector_code: Kiwoom's 3-digit sector code, or empty.
        size_class: 대, 중, 소, or empty.
        ref_price: Won; of a US instrument 1/10,000 dollar.
        ref_volume, ref_amount: Shares and won traded that day; 0 if it did not trade.
        par_value: Won, 0 if unknown or none.
        list_day: Listing day, 0 if unknown; can be after the reference day.
        margin_rate: Margin (증거금) in percent.
        nxt_ok: Whether the alternative venue trades it.
        flags: HALT, MANAGED, LOWLIQ, WARN1, WARN2, CAUTION, OVERHEAT_NOTICE, OVERHEAT_EXT, NEW.
        beta: Against the index of its own board.
        sigma_d: Daily volatility of the log return.
        on_var_share: Share of that variance that falls between sessions.
        sd_lnvol: Volatility of the log of the daily volume.
        extra: Facts of one kind of instrument: funds `underlying` (KOSPI200, KOSDAQ150, a code,
            BASKET:..., OVERSEAS_EQ, BOND, CASH, COMMODITY, OTHER), `leverage`, `sector` (of a
            basket); ELWs `underlying` (a code or index code), `right`, `strike`, `conv_ratio`,
            `expiry`, `last_trade`, `iv`, `issuer`, `lp`, `issue_price`; US `country`.
        approx: Whether a number of the row is a guess.
    """

    code: str
    name_ko: str
    name_en: str
    market: str
    sec_type: str
    sector_code: str
    sector_name: str
    size_class: str
    ref_price: int
    ref_day: int
    listed_shares: int
    ref_volume: int
    ref_amount: int
    par_value: int
    list_day: int
    margin_rate: int
    credit_ok: bool
    kospi200: bool
    kosdaq150: bool
    nxt_ok: bool
    flags: tuple[str, ...]
    beta: float
    sigma_d: float
    on_var_share: float
    sd_lnvol: float
    extra: dict[str, str]
    approx: bool

    @property
    def product(self) -> Product:
        """Price rules that hold for it."""
        if self.market in {"ETF", "ETN"}:
            return Product.FUND
        if self.market == "ELW":
            return Product.ELW
        return Product.KOSDAQ if self.market == "KOSDAQ" else Product.KOSPI

    @property
    def leverage(self) -> int:
        """Leverage of a fund, else 1."""
        return int(self.extra.get("leverage", "1"))

    @property
    def is_stock(self) -> bool:
        """Whether it is a share of the KOSPI or KOSDAQ board (funds and ELWs are not)."""
        return self.market in {"KOSPI", "KOSDAQ"}


def _shape(row: dict[str, str], extra: dict[str, str]) -> tuple[float, float, float, float]:
    """Return beta, daily volatility, overnight share and volume volatility of a row."""
    beta, sigma, on_var, sd_lnvol = _DEFAULT_SHAPE
    if row["sec_type"] in {"ETF", "ETN"}:
        leverage = int(extra.get("leverage", "1"))
        kind = extra.get("underlying", "OTHER")
        beta, sigma, on_var, sd_lnvol = _FUND_SHAPES.get(kind, (1.0, 0.018, 0.4, 0.5))
        beta, sigma = beta * leverage, sigma * abs(leverage)
    return (
        float(row["beta"] or beta),
        float(row["sigma"] or sigma),
        float(row["on_var"] or on_var),
        float(row["sd_lnvol"] or sd_lnvol),
    )


def _instrument(row: dict[str, str]) -> Instrument:
    """Return the instrument of one row of the packaged table."""
    extra = dict(fact.split("=", 1) for fact in row["extra"].split(";") if fact)
    beta, sigma, on_var, sd_lnvol = _shape(row, extra)
    return Instrument(
        code=row["code"],
        name_ko=row["name_ko"],
        name_en=row["name_en"],
        market=row["market"],
        sec_type=row["sec_type"],
        sector_code=row["sector_code"],
        sector_name=row["sector_name"],
        size_class=row["size_class"],
        ref_price=int(row["price"]),
        ref_day=parse_day(row["price_day"]) or 0,
        listed_shares=int(row["shares"]),
        ref_volume=int(row["volume"]),
        ref_amount=int(row["amount"]),
        par_value=int(float(row["par"] or 0)),
        list_day=parse_day(row["listed"]) or 0,
        margin_rate=int(row["margin"] or _MARGIN_UNKNOWN),
        credit_ok=row["credit"] == "1",
        kospi200=row["kospi200"] == "1",
        kosdaq150=row["kosdaq150"] == "1",
        nxt_ok=row["nxt"] == "1",
        flags=tuple(row["flags"].split("|")) if row["flags"] else (),
        beta=beta,
        sigma_d=sigma,
        on_var_share=on_var,
        sd_lnvol=sd_lnvol,
        extra=extra,
        approx=row["approx"] == "1",
    )


@cache
def listed_instruments() -> tuple[Instrument, ...]:
    """Return the instruments of the Korean exchange, in packaged order."""
    return tuple(map(_instrument, read_rows("instruments.csv")))


@cache
def us_instruments() -> tuple[Instrument, ...]:
    """Return the instruments of the US exchanges, in packaged order."""
    return tuple(map(_instrument, read_rows("instruments_us.csv")))
