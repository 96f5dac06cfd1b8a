from kiwoom_sim.faults.kinds.duplicate_rows import DuplicateRows
from tests.faults.answers import CHART, REFUSAL, answer, document, leaves_alone

DAYS = [row["dt"] for row in CHART["rows"]]


def test_one_row_comes_twice_at_a_drawn_place() -> None:
    seen = set()
    for ordinal in range(1, 30):
        rows = document(DuplicateRows(), ordinal=ordinal)["rows"]
        days = [row["dt"] for row in rows]
        assert sorted(days, reverse=True) == days
        (twice,) = {day for day in days if days.count(day) == 2}
        seen.add(twice)
    assert seen == set(DAYS)


def test_more_rows_than_there_are_means_all() -> None:
    rows = document(DuplicateRows(rows=9))["rows"]
    assert [row["dt"] for row in rows] == [*DAYS, *DAYS]


def test_an_answer_without_rows_is_left_alone() -> None:
    assert leaves_alone(DuplicateRows(), answer(REFUSAL))
    assert leaves_alone(DuplicateRows(), answer({"a": []}))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert DuplicateRows(field=".").mistake()
    assert not DuplicateRows().mistake()
