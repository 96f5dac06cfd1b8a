import numpy as np

from kiwoom_sim.core.rng import stream_keys
from kiwoom_sim.market.daily.noise import (
    noise_days,
    normal_cells,
    sparse_uniforms,
    uniform_cells,
)
from kiwoom_sim.market.rules.calendar import load_calendar

KEYS = stream_keys(1, "test", ["a", "b", "c"])
DAYS = np.arange(20_000, 20_010)


def test_cell_does_not_depend_on_what_is_drawn_with_it():
    whole = normal_cells(KEYS, DAYS, 3)
    part = normal_cells(KEYS[1:2], DAYS[4:6], 2)
    assert np.array_equal(part, whole[:2, 1:2, 4:6])


def test_cells_look_standard_normal():
    cells = normal_cells(stream_keys(2, "test", [str(n) for n in range(100)]), DAYS, 2)
    assert abs(cells.mean()) < 0.1
    assert abs(cells.std() - 1) < 0.1


def test_uniforms_stay_inside_the_open_interval():
    cells = uniform_cells(KEYS, DAYS, 5)
    assert cells.min() > 0
    assert cells.max() < 1


def test_days_are_the_sessions_inside_the_calendar():
    calendar = load_calendar()
    days = noise_days(calendar, -5, 5)
    assert days.tolist() == [calendar.day_at(index) for index in range(-5, 6)]


def test_days_outside_the_calendar_are_unique_and_outside():
    calendar = load_calendar()
    early = noise_days(calendar, calendar.first_index - 300, calendar.first_index)
    late = noise_days(calendar, calendar.last_index, calendar.last_index + 70)
    assert (np.diff(early) > 0).all()
    assert (np.diff(late) > 0).all()
    assert (early[:-1] < calendar.first_day).all()
    assert (late[1:] > calendar.last_day).all()


def test_marked_cells_draw_the_same_whichever_others_are_marked():
    some = np.zeros((3, 10), dtype=np.bool_)
    some[1, 3] = some[2, 9] = True
    every = np.ones((3, 10), dtype=np.bool_)
    first, second = sparse_uniforms(KEYS, DAYS, some)
    all_first, all_second = (each.reshape(3, 10) for each in sparse_uniforms(KEYS, DAYS, every))
    assert np.array_equal(first, all_first[some])
    assert np.array_equal(second, all_second[some])


def test_no_marked_cell_draws_nothing():
    first, second = sparse_uniforms(KEYS, DAYS, np.zeros((3, 10), dtype=np.bool_))
    assert len(first) == len(second) == 0
