import pytest

from kiwoom_sim.faults.kinds.double_sign import DoubleSign
from tests.faults.answers import REFUSAL, answer, document, leaves_alone


@pytest.mark.parametrize(
    ("form", "prices"),
    [
        ("--", ["--70100", "--70200", "--70000"]),
        ("+-", ["+-70100", "+-70200", "+-70000"]),
        ("-0", ["-0", "-0", "-0"]),
    ],
)
def test_numbers_get_the_odd_sign(form: str, prices: list[str]) -> None:
    kind = DoubleSign(field="cur_prc", form=form)  # type: ignore[arg-type] # one of the three
    assert [row["cur_prc"] for row in document(kind)["rows"]] == prices


def test_what_is_no_number_is_left_alone() -> None:
    assert [row["trde_qty"] for row in document(DoubleSign(field="trde_qty"))["rows"]] == [
        "--15", "--16", "",
    ]  # fmt: skip
    assert leaves_alone(DoubleSign(field="return_msg"), answer())
    assert leaves_alone(DoubleSign(field="return_code"), answer())
    assert leaves_alone(DoubleSign(field="cur_prc"), answer(REFUSAL))


def test_a_path_that_is_none_is_a_mistake() -> None:
    assert DoubleSign(field="").mistake()
    assert not DoubleSign(field="a").mistake()
