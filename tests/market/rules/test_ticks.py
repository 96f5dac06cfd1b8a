"""Price steps and limits: the exchange's examples, and what must hold at every price."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.market.rules.ticks import (
    UNLIMITED,
    Product,
    ceil_to_tick,
    floor_to_tick,
    limit_percent,
    limits,
    price_at_rank,
    price_limits,
    round_to_tick,
    tick_rank,
    tick_size,
    tick_sizes,
    tick_table,
)

NOW = parse_day("20260320") or 0
PRICES = st.integers(1, 3_000_000)
TABLES = st.integers(0, 4)
PRODUCTS = st.sampled_from(Product)


STEPS = [
    (1, 1), (999, 1), (1_000, 1), (1_999, 1), (2_000, 5), (4_995, 5), (5_000, 10), (9_990, 10),
    (10_000, 10), (19_990, 10), (20_000, 50), (50_000, 100), (100_000, 100), (199_900, 100),
    (200_000, 500), (499_500, 500), (500_000, 1_000), (1_007_000, 1_000),
]  # fmt: skip
STEPS_BEFORE_2023 = [
    (999, 1, 1), (1_500, 5, 5), (15_000, 50, 50), (150_000, 500, 100), (300_000, 500, 100),
    (600_000, 1_000, 100),
]  # fmt: skip


@pytest.mark.parametrize(("price", "step"), STEPS)
@pytest.mark.parametrize("product", [Product.KOSPI, Product.KOSDAQ])
def test_share_steps_in_force_since_2023(price: int, step: int, product: Product) -> None:
    assert tick_size(price, product, NOW) == step


@pytest.mark.parametrize(("price", "kospi", "kosdaq"), STEPS_BEFORE_2023)
def test_boards_differed_until_2023_01_24(price: int, kospi: int, kosdaq: int) -> None:
    last_day = parse_day("20230124") or 0
    assert tick_size(price, Product.KOSPI, last_day) == kospi
    assert tick_size(price, Product.KOSDAQ, last_day) == kosdaq
    assert tick_size(price, Product.KOSDAQ, last_day + 1) == tick_size(price, Product.KOSPI, NOW)


def test_fund_and_elw_steps() -> None:
    assert tick_size(1_394, Product.FUND, NOW) == 1
    assert tick_size(2_000, Product.FUND, NOW) == 5
    assert tick_size(1_394, Product.FUND, parse_day("20231215") or 0) == 5
    assert tick_size(200, Product.ELW, NOW) == 5


@pytest.mark.parametrize(
    ("base", "lower", "upper"),
    [(9_980, 6_990, 12_970), (24_250, 17_000, 31_500), (239_000, 167_500, 310_500)],
)
def test_limits_of_the_rule_book_examples(base: int, lower: int, upper: int) -> None:
    assert limits(base, Product.KOSPI, NOW) == (lower, upper)


def test_limits_by_product_leverage_and_date() -> None:
    assert limit_percent(Product.FUND, 2, NOW) == 60
    assert limit_percent(Product.FUND, -2, NOW) == 60
    assert limit_percent(Product.FUND, -1, NOW) == 30
    assert limit_percent(Product.KOSDAQ, 2, NOW) == 30
    assert limit_percent(Product.KOSPI, 1, parse_day("20150612") or 0) == 15
    assert limits(200, Product.ELW, NOW) == (5, UNLIMITED)
    assert limits(10_000, Product.FUND, NOW, leverage=2) == (4_000, 16_000)


@given(PRICES, TABLES)
def test_rounding_is_idempotent_and_nearest(price: int, table: int) -> None:
    rounded = int(round_to_tick(price, table))
    below, above = int(floor_to_tick(price, table)), int(ceil_to_tick(price, table))
    assert int(round_to_tick(rounded, table)) == rounded
    assert below <= price <= above
    assert rounded in {below, above}
    assert abs(rounded - price) == min(price - below, above - price) or below == 0


@given(PRICES, PRICES, TABLES)
def test_rounding_keeps_the_order_of_prices(a: int, b: int, table: int) -> None:
    low, high = sorted((a, b))
    for move in (round_to_tick, floor_to_tick, ceil_to_tick):
        assert int(move(low, table)) <= int(move(high, table))


@given(st.lists(PRICES, min_size=1, max_size=8), st.data())
def test_an_array_of_tables_gives_what_each_table_gives(prices: list[int], data) -> None:
    size = len(prices)
    tables = data.draw(st.lists(TABLES, min_size=size, max_size=size))
    together = tick_sizes(np.array(prices), np.array(tables))
    assert together.tolist() == [int(tick_sizes(p, t)) for p, t in zip(prices, tables, strict=True)]
    ranks = tick_rank(np.array(prices), np.array(tables))
    assert price_at_rank(ranks, np.array(tables)).tolist() == [
        int(floor_to_tick(p, t)) for p, t in zip(prices, tables, strict=True)
    ]


@given(st.integers(0, 5_000), TABLES)
def test_ranks_count_the_grid_one_step_at_a_time(rank: int, table: int) -> None:
    price, above = (int(price_at_rank(r, table)) for r in (rank, rank + 1))
    assert int(tick_rank(price, table)) == rank
    assert above - price == int(tick_sizes(price, table))
    assert int(floor_to_tick(above - 1, table)) == price


def test_columns_of_tables_broadcast_over_days() -> None:
    prices = np.array([[1_503, 20_012], [1_503, 20_012]])
    tables = np.array([[tick_table(Product.KOSPI, NOW)], [tick_table(Product.ELW, NOW)]])
    assert round_to_tick(prices, tables).tolist() == [[1_503, 20_000], [1_505, 20_010]]


@given(PRICES, PRODUCTS, st.sampled_from([-2, -1, 1, 2]), st.integers(16_436, 21_549))
def test_limits_are_on_the_grid_and_inside_the_band(price, product, leverage, day) -> None:
    table = tick_table(product, day)
    base = int(round_to_tick(price, table))
    percent = limit_percent(product, leverage, day)
    lower, upper = limits(base, product, day, leverage)
    assert int(floor_to_tick(lower, table)) == lower
    assert int(floor_to_tick(upper, table)) == upper
    assert lower <= base <= upper
    if percent:
        assert base * (100 - percent) <= lower * 100
        assert upper * 100 <= base * (100 + percent)


@given(st.lists(st.tuples(PRICES, TABLES), min_size=2, max_size=2))
def test_limits_of_columns_agree_with_single_limits(pairs) -> None:
    bases, tables = (np.array(column) for column in zip(*pairs, strict=True))
    lower, upper = price_limits(bases, tables, 30)
    for i in range(2):
        one = price_limits(bases[i], int(tables[i]), 30)
        assert (int(one[0]), int(one[1])) == (int(lower[i]), int(upper[i]))
