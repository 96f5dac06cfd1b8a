import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.indices.table import IndexTable
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.listing.universe import Universe, load_universe


@pytest.fixture(scope="module")
def universe() -> Universe:
    return load_universe(MarketConfig(), 7)


@pytest.fixture(scope="module")
def table(universe: Universe) -> IndexTable:
    return IndexTable(universe, load_reference())


def test_reference_prices_give_the_published_levels(universe: Universe, table: IndexTable) -> None:
    levels = dict(zip(table.codes, table.levels(universe.ref_price).tolist(), strict=True))
    assert levels["001"] == 578_120
    assert levels["101"] == 116_152
    assert levels["201"] == 86_250
    published = {code: spec.level for code, spec in load_reference().indices.items()}
    assert {code: levels[code] for code in published} == published


@settings(deadline=None)
@given(st.floats(0.2, 5))
def test_levels_move_with_all_prices(factor: float) -> None:
    universe = load_universe(MarketConfig(), 7)
    table = IndexTable(universe, load_reference())
    prices = np.maximum(1, (universe.ref_price * factor).astype(np.int64))
    before, after = table.levels(universe.ref_price), table.levels(prices)
    row = table.row("001")
    assert after[row] == pytest.approx(before[row] * factor, rel=1e-3)


def test_a_level_is_floored_capitalisation_over_the_divisor(
    universe: Universe, table: IndexTable
) -> None:
    prices = universe.ref_price + np.arange(len(universe))
    levels = table.levels(np.stack([universe.ref_price, prices], axis=1))
    for row in range(0, len(table.codes), 7):
        if table.codes[row] == "603":
            continue
        whole = sum(int(prices[i]) * int(universe.shares[i]) for i in table.members[row].tolist())
        assert levels[row, 1] == whole * int(table._scale[row]) // int(table.divisors[row])


def test_a_level_goes_on_when_shares_change(universe: Universe, table: IndexTable) -> None:
    prices, shares = universe.ref_price.copy(), universe.shares.copy()
    before = table.capitalisations(prices)
    prices[0], shares[0] = prices[0] // 50 + 7, shares[0] * 50
    after = table.capitalisations(prices, shares)
    divisors = table.continued(table.divisors, before, after)
    moved = table.levels(prices, shares, divisors) - table.levels(universe.ref_price)
    assert np.abs(moved).max() <= 1
    assert (divisors != table.divisors).any()


def test_breadth_counts_every_member_once(universe: Universe, table: IndexTable) -> None:
    base = universe.ref_price
    lower, upper = base * 7 // 10, base * 13 // 10
    last = base.copy()
    last[::5] = upper[::5]
    last[1::5] = lower[1::5]
    last[2::5] += 1
    last[3::5] -= 1
    counts = table.breadth(last, base, lower, upper)
    total = sum(getattr(counts, name) for name in counts.__struct_fields__)
    assert (total == table.sizes).all()
    for row in (0, 20, 50):
        members = table.members[row]
        assert counts.upper[row] == (members % 5 == 0).sum()
        assert counts.falling[row] == (members % 5 == 3).sum()


def test_a_narrow_universe_still_has_every_index() -> None:
    universe = load_universe(MarketConfig(symbols=("005930", "247540")), 7)
    table = IndexTable(universe, load_reference())
    assert (table.sizes > 0).all()
    levels = table.levels(universe.ref_price)
    assert levels[table.row("001")] == 578_120
    assert table.row("999") is None
