from kiwoom_sim.faults.kinds.null_field import NullField
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


def test_the_value_is_null() -> None:
    assert {row["cur_prc"] for row in document(NullField(field="cur_prc"))["rows"]} == {None}
    assert document(NullField(field="return_code"))["return_code"] is None


def test_an_answer_without_the_field_is_left_alone() -> None:
    assert leaves_alone(NullField(field="cur_prc"), answer(REFUSAL))
    assert leaves_alone(NullField(field="a"), answer({"a": None}))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert NullField(field=".a").mistake()
    assert not NullField(field="a").mistake()
