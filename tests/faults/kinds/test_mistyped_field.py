import pytest

from kiwoom_sim.faults.kinds.mistyped_field import Form, MistypedField
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


@pytest.mark.parametrize(
    ("value", "to", "sent"),
    [
        ("-70100", None, -70100),
        ("+1.25", None, 1.25),
        ("", None, 0),
        ("삼성전자", "number", 0),
        ("9" * 40, "number", 0),
        (7, "number", 7),
        (True, "number", 0),
        (0, None, "0"),
        (None, None, ""),
        ("1", "text", "1"),
        ([{"b": 1}, {"b": 2}], None, {"b": 1}),
        ([], "object", {}),
        ("1", "object", {"value": "1"}),
        ({"b": 1}, None, [{"b": 1}]),
        ([1], "list", [1]),
        ("1", "bool", True),
    ],
)
def test_a_value_is_sent_as_another_type(value: object, to: Form | None, sent: object) -> None:
    found = document(MistypedField(field="a", to=to), answer({"a": value}))["a"]
    assert (found, type(found)) == (sent, type(sent))


def test_an_answer_without_the_field_is_left_alone() -> None:
    assert leaves_alone(MistypedField(field="cur_prc"), answer(REFUSAL))
    assert leaves_alone(MistypedField(field="return_code", to="number"), answer(REFUSAL))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert MistypedField(field="").mistake()
    assert not MistypedField(field="a").mistake()
