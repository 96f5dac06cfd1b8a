import numpy as np

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.market.density import Densities
from tests.market.markets import RUN_DAY, at

BEGIN = at(10) // 1_000


def least(densities: Densities, first: int, count: int) -> list[int]:
    return densities.least(np.arange(BEGIN + first, BEGIN + first + count)).tolist()


def test_a_rate_holds_from_the_next_whole_second_until_the_next_rate() -> None:
    densities = Densities()
    assert densities.set(at(10, ms=300), Rate(5))
    assert not densities.set(at(10, 1), Rate(5))
    assert densities.set(at(10, 0, 3), None)
    assert least(densities, 0, 6) == [0, 5, 5, 5, 0, 0]


def test_a_slow_rate_is_spread_over_seconds() -> None:
    densities = Densities()
    densities.set(at(10) - 1, Rate(5, 2_000))
    assert least(densities, 0, 6) == [2, 3, 2, 3, 2, 3]


def test_days_on_which_nothing_holds_are_the_plain_ones() -> None:
    densities = Densities()
    assert [densities.revision(RUN_DAY + day) for day in (-1, 0, 1)] == [0, 0, 0]
    densities.set(at(10), Rate(5))
    assert [densities.revision(RUN_DAY + day) for day in (-1, 0, 1)] == [0, 1, 1]
    densities.set(at(11), None)
    assert [densities.revision(RUN_DAY + day) for day in (-1, 0, 1)] == [0, 2, 0]
