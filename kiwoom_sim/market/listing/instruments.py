"""List the instruments of the market and hold their numbers as columns.

Not for: prices on any day but the reference day (2026-03-20), which `Instrument.ref_price` holds.

Known deviations: prices of some funds are of a later day, or scaled back from one, and are taken
as of the reference day (`approx`); ELWs are invented; blanks of the data take the defaults below.

Source:
    KRX prices, volumes and share counts of 2026-03-20; sectors, flags and index membership of
    2026-07-22; beta and volatilities fitted on daily bars 2023-12 to 2025-06.
"""

from difflib import get_close_matches
from functools import cache, cached_property
from itertools import chain

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import Product, limit_percent, tick_table
from kiwoom_sim.market.tables import read_rows

Floats = NDArray[np.float64]

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
        flags: HALT, MANAGED, LOWLIQ, WARN1, WARN2, CAUTION, OVERHEAT_NOTICE, OVERHEAT_EXT.
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


class Universe:
    """Hold the priced instruments in a fixed order, and their numbers as columns.

    Arrays have one entry per instrument and must not be written to.

    Attributes:
        instruments: Korean instruments, packaged order, invented ones last.
        us: US instruments; carried, not priced.
        by_code: Korean instruments by code.
        ref_volume: At least 1, so that its logarithm exists; see `untraded`.
        untraded: Whether the instrument had no trade on the reference day (a long halt).
        product: `Product` numbers.
    """

    def __init__(
        self, instruments: tuple[Instrument, ...], us: tuple[Instrument, ...], seed: int
    ) -> None:
        self.instruments = instruments
        self.us = us
        self.seed = seed
        self.by_code = {instrument.code: instrument for instrument in instruments}
        self.codes = list(self.by_code)
        assert len(self.codes) == len(instruments), "codes are unique"
        self._positions = {code: position for position, code in enumerate(self.codes)}
        self._keys: dict[str, NDArray[np.uint32]] = {}
        volumes = np.array([row.ref_volume for row in instruments], dtype=np.int64)
        self.ref_price: Ints = np.array([row.ref_price for row in instruments], dtype=np.int64)
        self.shares: Ints = np.array([row.listed_shares for row in instruments], dtype=np.int64)
        self.ref_volume: Ints = np.maximum(volumes, 1)
        self.untraded: NDArray[np.bool_] = volumes == 0
        self.beta: Floats = np.array([row.beta for row in instruments])
        self.sigma: Floats = np.array([row.sigma_d for row in instruments])
        self.on_var: Floats = np.array([row.on_var_share for row in instruments])
        self.sd_lnvol: Floats = np.array([row.sd_lnvol for row in instruments])
        self.product: Ints = np.array([int(row.product) for row in instruments], dtype=np.int64)

    def __len__(self) -> int:
        """Return the number of priced instruments."""
        return len(self.instruments)

    def index(self, code: str) -> int | None:
        """Return the position of a code in the columns, or None if it is not priced."""
        return self._positions.get(code)

    def keys(self, purpose: str) -> NDArray[np.uint32]:
        """Return one random stream key per instrument, shape (n, 2); remembered per purpose."""
        found = self._keys.get(purpose)
        if found is None:
            found = self._keys[purpose] = stream_keys(self.seed, purpose, self.codes)
        return found

    def tick_tables(self, day: int) -> Ints:
        """Return the number of each instrument's price-step table on a day."""
        tables = np.array([tick_table(product, day) for product in Product], dtype=np.int64)
        numbers: Ints = tables[self.product]
        return numbers

    def limit_percents(self, day: int) -> Ints:
        """Return each instrument's daily limit in percent on a day; 0 means none."""
        percents = np.array([limit_percent(product, 1, day) for product in Product])
        result: Ints = percents[self.product] * self._leverage
        return result

    @cached_property
    def _leverage(self) -> Ints:
        """Factor on the limit of each instrument."""
        return np.array(
            [
                max(1, abs(row.leverage)) if row.product is Product.FUND else 1
                for row in self.instruments
            ],
            dtype=np.int64,
        )


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
def _packaged(name: str) -> tuple[Instrument, ...]:
    """Return the instruments of a packaged table; read once."""
    return tuple(map(_instrument, read_rows(name)))


def _unknown(code: str, listed: dict[str, Instrument]) -> ValueError:
    """Return the error for a code that is not listed, with the nearest code or name."""
    names = {name: row for row in listed.values() for name in (row.code, row.name_ko)}
    near = get_close_matches(code, names, n=1, cutoff=0.3)
    if not near:
        return ValueError(f'unknown symbol "{code}"')
    row = names[near[0]]
    return ValueError(f'unknown symbol "{code}"; did you mean "{row.code}" ({row.name_ko})?')


def _narrowed(rows: tuple[Instrument, ...], symbols: tuple[str, ...]) -> tuple[Instrument, ...]:
    """Return the named rows, and the shares that named funds and ELWs are made of.

    Raises:
        ValueError: A code is not listed.
    """
    listed = {row.code: row for row in rows}
    for code in symbols:
        if code not in listed:
            raise _unknown(code, listed)
    wanted = set(chain(symbols, (listed[code].extra.get("underlying", "") for code in symbols)))
    return tuple(row for row in rows if row.code in wanted)


def load_universe(config: MarketConfig, seed: int) -> Universe:
    """Return the instruments that a scenario lists.

    Args:
        config: Which packaged instruments to keep and how many companies to invent.
        seed: Seed of the run; invented companies and all stream keys depend on it.

    Raises:
        ValueError: `config.symbols` names an unknown code; the message has the nearest match.
    """
    rows = _packaged("instruments.csv")
    if config.symbols:
        rows = _narrowed(rows, config.symbols)
    if config.synthetic:
        from kiwoom_sim.market.listing.synthetic import invent  # noqa: PLC0415 - Faker loads slowly

        rows += invent(config.synthetic, seed)
    return Universe(rows, _packaged("instruments_us.csv"), seed)
