from kiwoom_sim.faults.kinds.missing_field import MissingField
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


def test_the_field_is_gone_from_every_row() -> None:
    rows = document(MissingField(field="cur_prc"))["rows"]
    assert [list(row) for row in rows] == [["dt", "trde_qty"]] * 3


def test_a_path_chooses_one_row() -> None:
    rows = document(MissingField(field="rows.1.cur_prc"))["rows"]
    assert ["cur_prc" in row for row in rows] == [True, False, True]


def test_whole_rows_can_be_left_out() -> None:
    assert document(MissingField(field="rows.*"))["rows"] == []


def test_an_answer_without_the_field_is_left_alone() -> None:
    assert leaves_alone(MissingField(field="cur_prc"), answer(REFUSAL))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert MissingField(field="rows..dt").mistake()
    assert MissingField(field="").mistake()
    assert not MissingField(field="dt").mistake()
