from kiwoom_sim.faults.kinds.empty_list import EmptyList
from tests.faults.answers import CHART, REFUSAL, answer, document, leaves_alone


def test_the_rows_are_gone_and_the_rest_stays() -> None:
    assert document(EmptyList()) == {**CHART, "rows": []}


def test_a_list_can_be_chosen() -> None:
    two = answer({"a": [1], "b": [2]})
    assert document(EmptyList(field="b"), two) == {"a": [1], "b": []}


def test_an_answer_without_rows_is_left_alone() -> None:
    assert leaves_alone(EmptyList(), answer(REFUSAL))
    assert leaves_alone(EmptyList(), answer({"a": []}))
    assert leaves_alone(EmptyList(field="stk_cd"), answer())


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert EmptyList(field="a.").mistake()
    assert not EmptyList().mistake()
