"""Invented companies: legal, plausible, the same for the same seed."""

import numpy as np

from kiwoom_sim.market.config import SYNTHETIC_MAX, MarketConfig
from kiwoom_sim.market.listing.synthetic import invent, synthetic_code
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY
from kiwoom_sim.market.rules.ticks import floor_to_tick


def test_codes_are_unique_and_never_a_listed_one() -> None:
    codes = {synthetic_code(number) for number in range(SYNTHETIC_MAX)}
    listed = set(load_universe(MarketConfig(), seed=1).codes)
    assert len(codes) == SYNTHETIC_MAX
    assert not codes & listed
    assert all(len(code) == 6 for code in codes)


def test_small_numbers_look_like_common_shares() -> None:
    assert all(synthetic_code(number).endswith("0") for number in range(8_000))


def test_a_company_does_not_depend_on_how_many_are_invented() -> None:
    assert invent(5, 1) == invent(300, 1)[:5]


def test_another_seed_invents_other_companies() -> None:
    assert invent(5, 1) != invent(5, 2)


def test_companies_are_plausible() -> None:
    rows = invent(300, 1)
    assert len({row.name_ko for row in rows}) == 300
    assert {row.market for row in rows} == {"KOSPI", "KOSDAQ"}
    assert all(row.sector_name and row.approx for row in rows)
    assert all(0 < row.ref_volume < row.listed_shares for row in rows)
    caps = np.array([row.ref_price * row.listed_shares for row in rows])
    assert 5e10 < np.median(caps) < 1e12


def test_prices_are_on_the_grid_and_the_universe_takes_them() -> None:
    universe = load_universe(MarketConfig(symbols=("005930",), synthetic=50), seed=1)
    assert len(universe) == 51
    tables = universe.tick_tables(REFERENCE_DAY)
    assert (floor_to_tick(universe.ref_price, tables) == universe.ref_price).all()
