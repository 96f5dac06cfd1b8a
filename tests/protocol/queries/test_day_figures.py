import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.queries.day_figures import day_strengths, off_hours
from tests.protocol import samples

ROWS = [(100, 100, 130, 90, 130, 50_000), (110, 110, 110, 80, 80, 50_000), (80, 80, 80, 80, 80, 0)]


@given(st.integers(0, 2**31), st.sampled_from(["005930", "000660"]))
def test_trading_outside_the_session_is_a_small_part(seed: int, code: str) -> None:
    candles = samples.candles(ROWS)
    found = off_hours(seed, code, candles)
    assert (found.before_volume <= candles.volume * 6 // 1000).all()
    assert (found.after_volume <= candles.volume * 15 // 1000).all()
    assert found.after_turnover[2] == 0


def test_a_day_keeps_its_figures_whatever_is_asked_with_it() -> None:
    candles = samples.candles(ROWS)
    alone = samples.candles(ROWS[-2:])
    assert day_strengths(1, "005930", candles)[1] == day_strengths(1, "005930", alone)[0]
    assert np.array_equal(
        off_hours(1, "005930", candles).before_volume[1:],
        off_hours(1, "005930", alone).before_volume,
    )


def test_strength_leans_with_the_day_and_needs_trades() -> None:
    rows = [ROWS[0]] * 40 + [ROWS[1]] * 40 + [ROWS[2]]
    strengths = day_strengths(5, "005930", samples.candles(rows))
    assert strengths[:40].mean() > 10_000 > strengths[40:80].mean()
    assert strengths[80] == 0
