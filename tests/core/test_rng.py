"""Random streams: known answers, independence of request shape, accuracy of the quantile."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.rng import (
    draw_below,
    normal_grid,
    normal_quantile,
    philox,
    philox_block,
    stream_key,
    stream_keys,
    uniform_grid,
    uniform_quads,
)

WORD = st.integers(0, 2**32 - 1)
FULL = 0xFFFFFFFF
# The reference distribution of Random123 publishes these three (kat_vectors, philox4x32 10).
KNOWN = [
    (
        (0, 0),
        (0, 0, 0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (FULL, FULL),
        (FULL, FULL, FULL, FULL),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("key", "counter", "expected"), KNOWN)
def test_scalar_philox_gives_the_published_words(key, counter, expected) -> None:
    assert philox(key, counter) == expected


@pytest.mark.parametrize(("key", "counter", "expected"), KNOWN)
def test_vectorised_philox_gives_the_published_words(key, counter, expected) -> None:
    words = philox_block(*key, *counter)
    assert tuple(int(word) for word in words) == expected


@given(st.tuples(WORD, WORD), st.tuples(WORD, WORD, WORD, WORD))
def test_scalar_and_vectorised_philox_agree(key, counter) -> None:
    words = philox_block(np.array([key[0], 0]), np.array([key[1], 0]), *counter)
    assert tuple(int(word[0]) for word in words) == philox(key, counter)


def test_stream_keys_are_fixed_for_all_time() -> None:
    # Golden: a change here changes every seeded run.
    assert stream_key(1, "gap", "005930") == (3_774_542_699, 4_193_113_941)
    keys = stream_keys(1, "gap", ["000660", "005930"])
    assert tuple(int(word) for word in keys[1]) == stream_key(1, "gap", "005930")
    assert stream_keys(1, "gap", []).shape == (0, 2)


def test_seed_purpose_and_entity_each_make_another_stream() -> None:
    keys = {
        stream_key(1, "gap", "a"),
        stream_key(2, "gap", "a"),
        stream_key(1, "high", "a"),
        stream_key(1, "gap", "b"),
        stream_key(1, "gap"),
    }
    assert len(keys) == 5


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**40))
def test_a_draw_does_not_depend_on_how_many_are_asked_for(few, many, row) -> None:
    keys = stream_keys(7, "test", ["x"])
    short, long = sorted((few, many))
    assert (
        uniform_grid(keys, [row], short)[0].tolist()
        == uniform_grid(keys, [row], long)[0, :short].tolist()
    )


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=6))
def test_a_row_does_not_depend_on_the_rows_around_it(rows) -> None:
    keys = stream_keys(7, "test", ["x"])
    together = uniform_grid(keys, rows, 5)
    assert together.tolist() == [uniform_grid(keys, [row], 5)[0].tolist() for row in rows]


def test_rows_entities_and_lanes_differ() -> None:
    keys = stream_keys(7, "test", ["x", "y"])
    first = uniform_grid(keys, [5, 5], 8)
    assert not np.intersect1d(first[0], first[1]).size
    assert not np.intersect1d(first[0], uniform_grid(keys[:1], [5], 8, purpose_lane=1)).size
    high = uniform_grid(keys[:1], [5 + 2**32], 8)
    assert not np.intersect1d(first[0], high).size


def test_uniforms_lie_strictly_inside_and_spread_evenly() -> None:
    values = uniform_grid(stream_keys(3, "even", ["x"]), np.arange(200), 500).ravel()
    assert 0 < values.min() < values.max() < 1
    counts = np.histogram(values, bins=50, range=(0, 1))[0]
    chi_square = float(((counts - 2_000) ** 2 / 2_000).sum())
    assert chi_square < 95  # 49 degrees of freedom, far tail


def test_normals_have_unit_variance_and_no_serial_correlation() -> None:
    values = normal_grid(stream_keys(3, "normal", ["x"]), np.arange(200), 500).ravel()
    assert abs(values.mean()) < 0.015
    assert abs(values.std() - 1) < 0.01
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.015


def test_quantile_is_as_accurate_as_published() -> None:
    exact = NormalDist()
    points = [10.0**-power for power in range(1, 16)] + [k / 997 for k in range(1, 997)]
    points += [1 - point for point in points if point > 1e-14]
    found = normal_quantile(np.array(points))
    for point, value in zip(points, found, strict=True):
        wanted = exact.inv_cdf(point)
        assert math.isclose(value, wanted, rel_tol=2e-9, abs_tol=1e-9)


def test_quantile_is_odd_and_zero_in_the_middle() -> None:
    values = normal_quantile(np.array([0.01, 0.3, 0.5, 0.7, 0.99]))
    assert values[2] == 0
    assert np.allclose(values, -values[::-1], rtol=1e-12)


@given(st.integers(1, 2**40), st.integers(0, 2**60), st.integers(0, 9))
def test_draw_below_stays_below(bound, ordinal, lane) -> None:
    assert 0 <= draw_below(stream_key(1, "dice"), bound, ordinal, lane) < bound


def test_draw_below_reaches_every_value_about_equally() -> None:
    key = stream_key(1, "dice")
    counts = np.bincount([draw_below(key, 6, ordinal) for ordinal in range(3_000)], minlength=6)
    assert counts.min() > 400
    assert counts.max() < 600


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**40))
def test_quads_do_not_depend_on_how_many_are_asked_for(few, many, row) -> None:
    keys = stream_keys(7, "test", ["x"])
    short, long = sorted((few, many))
    assert uniform_quads(keys, [row], long)[:, :short].tolist() == (
        uniform_quads(keys, [row], short).tolist()
    )


def test_quads_lie_strictly_inside_and_are_no_draws_of_the_grid() -> None:
    keys = stream_keys(7, "test", ["x"])
    quads = uniform_quads(keys, np.arange(50), 20)
    assert quads.shape == (50, 20, 4)
    assert 0 < quads.min() < quads.max() < 1
    assert abs(quads.mean() - 0.5) < 0.02
    grid = uniform_grid(keys, np.arange(50), 80).ravel()
    assert np.intersect1d(np.round(quads.ravel(), 9), np.round(grid, 9)).size <= 2
