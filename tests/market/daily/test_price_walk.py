import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.market.daily.price_walk import Aims, StepRules, walk_backward, walk_forward
from kiwoom_sim.market.rules.ticks import Product, price_limits, round_to_tick, tick_table

DAY = parse_day("20260320")
BORDER = parse_day("20230125")
PRODUCTS = st.sampled_from([Product.KOSPI, Product.KOSDAQ, Product.FUND])


def rules_of(product: Product, count: int, leverage: int = 1) -> StepRules:
    return StepRules(product=product, leverage=np.full(count, leverage))


def aims_of(drive, keep=1.0, still=None, limit_up=None) -> Aims:
    drive = np.asarray(drive, dtype=np.float64)
    never = np.zeros(drive.shape, dtype=np.bool_)
    return Aims(
        keep=keep, drive=drive,
        still=never if still is None else np.asarray(still),
        limit_up=never if limit_up is None else np.asarray(limit_up),
    )  # fmt: skip


def assert_legal(path, product: Product, days, leverage: int = 1) -> None:
    rules = rules_of(product, len(path), leverage)
    lower, upper = rules.limits(path[:, :-1], days[1:])
    assert (path[:, 1:] >= lower).all()
    assert (path[:, 1:] <= upper).all()
    assert np.array_equal(rules.rounded(path, days), path)


WALKS = st.lists(st.floats(-0.6, 0.6), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 1_500_000), WALKS, PRODUCTS, st.booleans(), st.sampled_from([1, 2]))
def test_every_step_is_legal(price, drive, product, forward, leverage):
    leverage = leverage if product is Product.FUND else 1
    table = tick_table(product, DAY)
    start = round_to_tick(np.array([price]), table)
    days = np.full(len(drive) + 1, DAY)
    walk = walk_forward if forward else walk_backward
    path = walk(start, aims_of([drive]), rules_of(product, 1, leverage), days)
    assert path[0, 0 if forward else -1] == start[0]
    assert_legal(path, product, days, leverage)


@settings(max_examples=100, deadline=None)
@given(st.integers(300, 900_000), WALKS, PRODUCTS)
def test_backward_walk_over_a_change_of_steps_is_legal(price, drive, product):
    border = BORDER if product is not Product.FUND else parse_day("20231218")
    days = np.array([border - len(drive) // 2 - 1 + at for at in range(len(drive) + 1)])
    end = round_to_tick(
        round_to_tick(np.array([price]), tick_table(product, border - 1)),
        tick_table(product, int(days[-1])),
    )
    path = walk_backward(end, aims_of([drive]), rules_of(product, 1), days)
    assert_legal(path, product, days)


def test_still_step_keeps_the_price_both_ways():
    start, days = np.array([10_000]), np.array([DAY, DAY])
    aims = aims_of([[0.1]], still=[[True]])
    for walk in (walk_forward, walk_backward):
        assert walk(start, aims, rules_of(Product.KOSPI, 1), days).tolist() == [[10_000, 10_000]]


def test_forced_step_ends_at_the_upper_limit():
    days = np.array([DAY, DAY])
    aims = aims_of([[0.22]], limit_up=[[True]])
    rules = rules_of(Product.KOSDAQ, 1)
    assert walk_forward(np.array([9_980]), aims, rules, days)[0, 1] == 12_970
    assert walk_backward(np.array([12_970]), aims, rules, days)[0, 0] == 9_980


def test_forced_step_backward_is_nearly_always_exactly_the_limit():
    table = tick_table(Product.KOSPI, DAY)
    closes = np.unique(round_to_tick(np.arange(1_500, 300_000, 137), table))
    aims = aims_of(np.zeros((len(closes), 1)), limit_up=np.ones((len(closes), 1), np.bool_))
    rules = rules_of(Product.KOSPI, len(closes))
    bases = walk_backward(closes, aims, rules, np.array([DAY, DAY]))[:, 0]
    _, upper = price_limits(bases, table, 30)
    assert (upper >= closes).all()
    assert (upper == closes).mean() > 0.8


def test_warrant_has_no_limit():
    days = np.array([DAY, DAY])
    rules = rules_of(Product.ELW, 1)
    path = walk_forward(np.array([100]), aims_of([[np.log(5_000.0)]], keep=0.0), rules, days)
    assert path[0, 1] == 5_000
