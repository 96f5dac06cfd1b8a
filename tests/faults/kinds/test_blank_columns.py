from kiwoom_sim.faults.kinds.blank_columns import BlankColumns
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


def test_the_columns_are_blank_in_every_row() -> None:
    rows = document(BlankColumns(columns=("cur_prc", "dt")))["rows"]
    assert {(row["dt"], row["cur_prc"]) for row in rows} == {("", "")}
    assert [row["trde_qty"] for row in rows] == ["15", "16", ""]


def test_every_nth_row_can_be_chosen() -> None:
    rows = document(BlankColumns(columns=("dt",), every=2))["rows"]
    assert [row["dt"] for row in rows] == ["20260323", "", "20260319"]


def test_without_names_one_column_is_drawn() -> None:
    drawn = set()
    for ordinal in range(1, 30):
        rows = document(BlankColumns(), ordinal=ordinal)["rows"]
        (name,) = [name for name in rows[0] if not rows[0][name]]
        drawn.add(name)
    assert drawn == {"dt", "cur_prc", "trde_qty"}


def test_an_answer_without_the_columns_is_left_alone() -> None:
    assert leaves_alone(BlankColumns(columns=("x",)), answer())
    assert leaves_alone(BlankColumns(), answer(REFUSAL))
    assert leaves_alone(BlankColumns(), answer({"a": [], "b": ["x"]}))
    assert not BlankColumns().mistake()
