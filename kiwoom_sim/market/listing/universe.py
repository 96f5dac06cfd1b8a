"""Choose the instruments of a run, and hold their numbers as columns."""

from difflib import get_close_matches
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.config import MarketConfig, MarketOfRun, Offering
from kiwoom_sim.market.listing.instruments import (
    Instrument,
    listed_instruments,
    us_instruments,
)
from kiwoom_sim.market.listing.offerings import offered
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import Product, limit_percent, tick_table

Floats = NDArray[np.float64]

_CUTOFF = 0.6
"""How alike a code or name must be to be suggested, as for every other name of a scenario."""


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
        offerings: What the script of the run lists anew, by code.
    """

    def __init__(
        self, instruments: tuple[Instrument, ...], us: tuple[Instrument, ...], seed: int
    ) -> None:
        self.instruments = instruments
        self.us = us
        self.seed = seed
        self.offerings: dict[str, Offering] = {}
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


def _unknown(code: str, listed: dict[str, Instrument]) -> ValueError:
    """Return the error for a code that is not listed, with the nearest code or name."""
    names = {name: row for row in listed.values() for name in (row.code, row.name_ko)}
    near = get_close_matches(code, names, n=1, cutoff=_CUTOFF)
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
        ValueError: `config.symbols` names an unknown code; the message has the nearest match. Or
            a new listing has the code of another instrument.
    """
    rows = listed_instruments()
    if config.symbols:
        rows = _narrowed(rows, config.symbols)
    if config.synthetic:
        from kiwoom_sim.market.listing.synthetic import invent  # noqa: PLC0415 - Faker loads slowly

        rows += invent(config.synthetic, seed)
    if not isinstance(config, MarketOfRun) or not config.offerings:
        return Universe(rows, us_instruments(), seed)
    known = {row.code for row in rows}
    for each in config.offerings:
        if each.code in known:
            raise ValueError(f"{each.code} is listed already")
    universe = Universe((*rows, *map(offered, config.offerings)), us_instruments(), seed)
    universe.offerings = {each.code: each for each in config.offerings}
    return universe
