import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.market.indices.bridge import day_extremes, path_through, slot_paths, spread_volume

level = st.integers(10_000, 12_000)
seeds = st.integers(0, 10_000)


def draws(seed: int, *shape: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(seed)).uniform(1e-6, 1 - 1e-6, shape)


def normals(seed: int, *shape: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(seed)).normal(0, 1, shape)


@settings(deadline=None)
@given(level, level, st.integers(0, 500), st.integers(0, 500), seeds)
def test_extremes_hold_open_and_close_and_stay_within_the_members(
    opened: int, close: int, up: int, down: int, seed: int
) -> None:
    ends = np.array([opened]), np.array([close])
    bounds = np.array([min(opened, close) - down]), np.array([max(opened, close) + up])
    high, low = day_extremes(ends, bounds, draws(seed, 1, 2))
    assert bounds[0][0] <= low[0] <= min(opened, close)
    assert max(opened, close) <= high[0] <= bounds[1][0]


@settings(deadline=None)
@given(level, level, st.integers(0, 300), st.integers(0, 300), seeds, st.integers(4, 500))
def test_a_path_has_exactly_the_bar_it_was_drawn_for(
    opened: int, close: int, up: int, down: int, seed: int, count: int
) -> None:
    bar = opened, max(opened, close) + up, min(opened, close) - down, close
    path = path_through(bar, np.full(count, 1.0), normals(seed, count))
    assert (path[0], path.max(), path.min(), path[-1]) == bar


@settings(deadline=None)
@given(level, level, st.integers(0, 100), seeds)
def test_seconds_end_at_the_minute_close_within_bounds(
    before: int, close: int, room: int, seed: int
) -> None:
    low, high = min(before, close) - room, max(before, close) + room
    paths = slot_paths(
        (np.array([before]), np.array([close])),
        (np.array([low]), np.array([high])),
        normals(seed, 1, 60),
    )[0]
    assert paths[-1] == close
    assert low <= paths.min() <= paths.max() <= high


@settings(deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**13), seeds)
def test_volume_and_turnover_are_kept(volume: int, turnover: int, seed: int) -> None:
    turnover = turnover if volume else 0
    volumes, turnovers = spread_volume(
        np.ones(60), draws(seed, 1, 60), np.full((1, 60), 5_000),
        np.array([volume]), np.array([turnover]),
    )  # fmt: skip
    assert volumes.sum() == volume
    assert turnovers.sum() == turnover
    assert (turnovers[volumes == 0] == 0).all()
