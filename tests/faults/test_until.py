import pytest

from kiwoom_sim.faults.until import MEASURES, Sign, Until


@pytest.mark.parametrize(
    ("sign", "fits"),
    [(">=", [2, 3]), ("<=", [1, 2]), ("==", [2]), (">", [3]), ("<", [1])],
)
def test_a_measure_is_compared_with_a_number(sign: Sign, fits: list[int]) -> None:
    until = Until("rest.requests", sign, 2)
    assert [number for number in (1, 2, 3) if until.holds(number)] == fits


def test_a_measure_alone_asks_for_once() -> None:
    assert Until("event.vi").holds(1)
    assert not Until("event.vi").holds(0)
    assert all(MEASURES.values())
