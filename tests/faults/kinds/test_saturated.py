from kiwoom_sim.faults.kinds.saturated import Saturated
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


def test_the_number_is_the_largest_of_its_kind() -> None:
    rows = document(Saturated(field="trde_qty"))["rows"]
    assert {row["trde_qty"] for row in rows} == {"2147483647"}
    one = document(Saturated(field="a", value="4294967295"), answer({"a": 5}))
    assert one == {"a": 4294967295}


def test_an_answer_without_the_field_is_left_alone() -> None:
    assert leaves_alone(Saturated(field="trde_qty"), answer(REFUSAL))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert Saturated(field="").mistake()
    assert not Saturated(field="a").mistake()
