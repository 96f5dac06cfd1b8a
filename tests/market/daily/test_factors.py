import numpy as np
import pytest

from kiwoom_sim.market.daily.factors import draw_factors
from kiwoom_sim.market.daily.price_models import MEMORY

DAYS = np.arange(16_000, 16_000 + MEMORY + 400)


def test_a_new_sector_moves_no_other_series():
    few, more = draw_factors(1, ("013",), DAYS), draw_factors(1, ("008", "013"), DAYS)
    for name, row in few.names.items():
        assert np.array_equal(few.value[row], more.value[more.names[name]])
        assert np.array_equal(few.gap[row], more.gap[more.names[name]])


def test_later_sessions_move_no_earlier_one():
    short, whole = draw_factors(1, ("013",), DAYS[:-100]), draw_factors(1, ("013",), DAYS)
    assert np.array_equal(short.value, whole.value[:, :-100])
    assert np.array_equal(short.volume, whole.volume[:-100])


def test_noise_older_than_the_memory_hardly_matters():
    late, whole = draw_factors(1, (), DAYS[100:]), draw_factors(1, (), DAYS)
    assert np.allclose(late.volatility, whole.volatility[:, 100:], rtol=0.02)


def test_boards_move_together_and_sectors_alone():
    factors = draw_factors(2, ("013",), np.arange(16_000, 16_000 + MEMORY + 2_000))
    kospi, kosdaq = factors.series("kospi")[0], factors.series("kosdaq")[0]
    assert 0.85 < np.corrcoef(kospi, kosdaq)[0, 1] < 0.98
    assert abs(np.corrcoef(kospi, factors.series("sector:013")[0])[0, 1]) < 0.1
    assert 0.1 < np.corrcoef(kospi, factors.series("abroad")[0])[0, 1] < 0.45


def test_no_session_is_absurd():
    for seed in range(10):
        factors = draw_factors(seed, (), np.arange(16_000, 16_000 + MEMORY + 2_500))
        assert np.abs(factors.market(kosdaq=False)[0]).max() < 13
        assert factors.value[0].std() == pytest.approx(1, abs=0.35)
