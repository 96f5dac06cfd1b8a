from kiwoom_sim.protocol.ladder import LEVELS, Ladder, ladder_values, order_count, padded
from tests.protocol import samples


def test_levels_become_sequences_with_the_best_first() -> None:
    ladder = Ladder(base=69_000, **ladder_values(samples.book()))
    assert ladder.ask_prices[:2] == (70_100, 70_200)
    assert ladder.bid_prices[:2] == (70_000, 69_900)
    assert ladder.ask_quantities[9] == 100
    assert ladder.ask_changes[0] == -3
    assert ladder.ask_count_total == sum(ladder.ask_counts)


def test_an_empty_side_has_ten_empty_levels() -> None:
    ladder = Ladder(base=1, **ladder_values(samples.book(asks=(), ask_total=0)))
    assert ladder.ask_prices == (0,) * LEVELS
    assert ladder.ask_count_total == 0
    assert padded([1, 2]) == (1, 2) + (0,) * 8


def test_only_funds_have_a_liquidity_provider() -> None:
    plain = ladder_values(samples.book())
    fund = ladder_values(samples.book(), provided=True)
    assert plain["lp_ask_quantities"] == (0,) * LEVELS
    assert fund["lp_bid_quantities"][:2] == (12, 24)
    assert fund["lp_bid_quantities"][5:] == (0,) * 5


def test_a_quantity_has_at_least_one_order_and_no_more_than_shares() -> None:
    assert order_count(0, 70_000) == 0
    assert order_count(1, 70_000) == 1
    assert 1 < order_count(10_000, 70_000) <= 10_000
