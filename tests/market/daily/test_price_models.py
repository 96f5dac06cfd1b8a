import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.daily.noise import normal_cells, uniform_cells
from kiwoom_sim.market.daily.price_models import (
    bridge_extremes,
    kernel_variance,
    option_value,
    quantise,
    remembered,
    volatility,
    whole_won,
)

KERNEL = ((0.75, 0.97), (0.65, 0.80))


def draws(count: int, purpose: str = "test"):
    return normal_cells(stream_keys(3, purpose, ["x"]), np.arange(count), 1)[0]


def test_quantised_logs_lie_on_the_lattice():
    logs = np.log(np.array([1.0, 199_400.0, 1_289_000.0]))
    steps = quantise(logs) * 1e9
    assert np.allclose(steps, np.rint(steps), rtol=0, atol=1e-5)


@given(st.integers(1, 10_000_000))
def test_whole_won_gives_back_the_price_of_its_log(price: int):
    assert whole_won(np.log(np.array([float(price)]))).tolist() == [price]


def test_a_last_bit_of_the_log_moves_no_price():
    logs = np.log(np.arange(1.0, 5_000.0) * 7)
    assert np.array_equal(whole_won(logs), whole_won(np.nextafter(logs, np.inf)))


def test_remembered_equals_the_plain_sum():
    noise = draws(600)
    got = remembered(noise, KERNEL)[0]
    for column in (0, 7, 511, 512, 599):
        direct = sum(
            a * np.sqrt(1 - p * p) * p ** (column - at) * noise[0, at]
            for a, p in KERNEL
            for at in range(column + 1)
        )
        assert got[column] == pytest.approx(direct, rel=1e-9)


def test_remembered_ignores_later_columns_and_other_rows():
    noise = normal_cells(stream_keys(3, "rows", ["a", "b"]), np.arange(321), 1)[0]
    whole = remembered(noise, KERNEL)
    assert np.array_equal(remembered(noise[:, :100], KERNEL), whole[:, :100])
    assert np.array_equal(remembered(noise[1:], KERNEL), whole[1:])


def test_kernel_variance_is_that_of_the_sum():
    keys = stream_keys(4, "variance", [str(n) for n in range(4_000)])
    sample = remembered(normal_cells(keys, np.arange(300), 1)[0], KERNEL)[:, -1]
    assert sample.var() == pytest.approx(kernel_variance(KERNEL), rel=0.1)


def test_volatility_has_mean_square_one():
    logs = 0.8 * draws(200_000)
    assert (volatility(logs, 0.64) ** 2).mean() == pytest.approx(1, rel=0.03)


def test_bridge_extremes_enclose_both_ends():
    uniforms = uniform_cells(stream_keys(5, "bridge", ["x"]), np.arange(10_000), 2)[:, 0]
    start, end = draws(10_000, "start")[0], draws(10_000, "end")[0]
    high, low = bridge_extremes(start, end, np.full(10_000, 0.5), (uniforms[0], uniforms[1]))
    assert (high >= np.maximum(start, end)).all()
    assert (low <= np.minimum(start, end)).all()


def test_bridge_maximum_follows_its_exact_law():
    uniforms = uniform_cells(stream_keys(6, "bridge", ["x"]), np.arange(50_000), 2)[:, 0]
    zero, one = np.zeros(50_000), np.ones(50_000)
    high, _ = bridge_extremes(zero, zero, one, (uniforms[0], uniforms[1]))
    for level in (0.3, 0.6, 1.0):  # P(max > m) = exp(-2 m^2 / variance)
        assert (high > level).mean() == pytest.approx(np.exp(-2 * level**2), abs=0.01)


def option(spot: float, strike: float, years: float, sign: float) -> float:
    values = (np.array([each]) for each in (spot, strike, years, 0.3, sign))
    return float(option_value(*values)[0])


def test_option_value_is_the_textbook_one():
    assert option(100, 100, 1.0, 1.0) == pytest.approx(11.9235, abs=1e-3)


@given(st.floats(50, 200), st.floats(50, 200), st.floats(0.01, 2))
def test_call_minus_put_is_spot_minus_strike(spot: float, strike: float, years: float):
    difference = option(spot, strike, years, 1.0) - option(spot, strike, years, -1.0)
    assert difference == pytest.approx(spot - strike, abs=1e-6)


def test_expired_option_is_worth_its_exercise():
    assert option(120, 100, 0.0, 1.0) == pytest.approx(20)
    assert option(120, 100, -1.0, -1.0) == 0
