import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import Universe, load_universe
from kiwoom_sim.market.people.flow_model import (
    FOREIGN,
    INDIVIDUAL,
    INSTITUTIONS,
    MEMORY,
    FlowNoise,
    draw_noise,
    keep_within,
    split_turnover,
    split_volume,
    usual_shares,
)
from kiwoom_sim.market.records import INVESTORS, Ints

KINDS = len(INVESTORS)


@pytest.fixture(scope="module")
def universe() -> Universe:
    return load_universe(MarketConfig(), 7)


def noise_of(code: str, count: int, first: int = 15_000) -> FlowNoise:
    days = np.arange(first - MEMORY, first + count)
    return draw_noise(stream_key(7, "flows", code), stream_key(7, "flows-market"), days)


def returns_of(count: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(1)).normal(0, 0.025, count)


def test_usual_shares_sum_to_one(universe: Universe) -> None:
    for instrument in universe.instruments:
        shares = usual_shares(instrument)
        assert len(shares) == KINDS
        assert shares.sum() == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.sampled_from(["a", "b"]))
def test_both_sides_sum_to_the_volume_and_nets_to_zero(volumes: list[int], code: str) -> None:
    volume = np.array(volumes)
    usual = np.array([0.42, 0.33, *[0.23 / 8] * 8, 0.015, 0.005])
    buy, sell = split_volume(usual, noise_of(code, len(volumes)), returns_of(len(volumes)), volume)
    assert (buy.sum(axis=1) == volume).all()
    assert (sell.sum(axis=1) == volume).all()
    assert ((buy - sell).sum(axis=1) == 0).all()
    assert (buy >= 0).all()
    assert (sell >= 0).all()


def test_noise_of_a_day_does_not_depend_on_the_run_asked_for() -> None:
    long, short = noise_of("a", 50), noise_of("a", 5, first=15_020)
    assert np.allclose(long.foreign[20:25], short.foreign)
    assert (long.price[20:25] == short.price).all()


def test_foreigners_and_institutions_lean_with_the_return_and_individuals_against_it(
    universe: Universe,
) -> None:
    count, volume = 3_000, np.full(3_000, 10_000_000)
    returns = returns_of(count)
    for code in ("005930", "247540"):
        usual = usual_shares(universe.by_code[code])
        buy, sell = split_volume(usual, noise_of(code, count), returns, volume)
        net = buy - sell
        institutions = net[:, INSTITUTIONS].sum(axis=1)
        assert 0.15 < np.corrcoef(returns, net[:, FOREIGN])[0, 1] < 0.5
        assert 0.15 < np.corrcoef(returns, institutions)[0, 1] < 0.5
        assert -0.75 < np.corrcoef(returns, net[:, INDIVIDUAL])[0, 1] < -0.4
        persistence = np.corrcoef(net[1:, FOREIGN], net[:-1, FOREIGN])[0, 1]
        assert 0.1 < persistence < 0.5
        share = buy[:, INDIVIDUAL].sum() / volume.sum()
        assert abs(share - usual[INDIVIDUAL]) < 0.05


@settings(deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 3_000), st.integers(0, 3_000))
def test_won_sums_to_the_turnover_and_nobody_pays_without_buying(
    volume: int, up: int, down: int
) -> None:
    high, low = 50_000 + up, 50_000 - down
    turnover = volume * (high + low + 100_000) // 4
    usual = np.array([0.42, 0.33, *[0.23 / 8] * 8, 0.015, 0.005])
    noise = noise_of("a", 1)
    buy, _ = split_volume(usual, noise, np.zeros(1), np.array([volume]))
    won = split_turnover(buy, noise.price, np.array([low]), np.array([high]), np.array([turnover]))[
        0
    ]
    assert won.sum() == turnover
    assert (won[buy[0] == 0] == 0).all()
    # Half a step of rounding at either end of a part, and one in the total.
    assert (won >= buy[0] * low - 2).all()
    assert (won <= buy[0] * high + 2).all()


def flows_of(nets: list[int]) -> tuple[Ints, Ints]:
    buy = np.zeros((len(nets), KINDS), dtype=np.int64)
    sell = buy.copy()
    for row, net in enumerate(nets):
        buy[row, FOREIGN], sell[row, FOREIGN] = max(net, 0) + 3, max(-net, 0) + 3
        buy[row, INDIVIDUAL], sell[row, INDIVIDUAL] = max(-net, 0), max(net, 0)
    return buy, sell


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12), st.integers(0, 100), st.booleans())
def test_holdings_follow_foreign_nets_within_the_cap(
    nets: list[int], known: int, backward: bool
) -> None:
    buy, sell = flows_of(nets)
    new_buy, new_sell, holdings = keep_within(buy, sell, known, 100, backward=backward)
    assert holdings[-1 if backward else 0] == known
    assert (np.diff(holdings) == (new_buy - new_sell)[:, FOREIGN]).all()
    assert holdings.min() >= 0
    assert holdings.max() <= 100
    assert (new_buy.sum(axis=1) == buy.sum(axis=1)).all()
    assert (new_sell.sum(axis=1) == sell.sum(axis=1)).all()
    assert min(new_buy.min(), new_sell.min()) >= 0
