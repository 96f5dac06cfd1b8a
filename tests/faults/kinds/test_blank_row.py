from kiwoom_sim.faults.kinds.blank_row import BlankRow
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


def test_one_row_of_empty_texts_is_left() -> None:
    assert document(BlankRow())["rows"] == [{"dt": "", "cur_prc": "", "trde_qty": ""}]


def test_an_answer_without_rows_is_left_alone() -> None:
    assert leaves_alone(BlankRow(), answer(REFUSAL))
    assert leaves_alone(BlankRow(), answer({"a": [], "b": ["x"]}))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert BlankRow(field="a..b").mistake()
    assert not BlankRow().mistake()
