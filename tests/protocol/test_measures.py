from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.measures import (
    change_code,
    percent,
    quantity_text,
    rate_percent,
    rounded,
    signed_share_percent,
    strength_percent,
)


def test_a_change_is_rounded_half_away_from_zero() -> None:
    assert rate_percent(20_800, 20_850) == -24
    assert rate_percent(10_005, 10_000) == 5
    assert rounded(1, 2) == 1
    assert rounded(-1, 2) == -1


def test_a_ratio_without_a_denominator_is_zero() -> None:
    assert percent(5, 0) == 0
    assert rate_percent(5, 0) == 0


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_rounding_is_within_half_a_unit(numerator: int, denominator: int) -> None:
    assert abs(rounded(numerator, denominator) * denominator - numerator) * 2 <= denominator


def test_the_share_of_yesterday_is_negative_while_it_is_smaller() -> None:
    assert signed_share_percent(9_664, 10_000) == -9_664
    assert signed_share_percent(12_000, 10_000) == 12_000


def test_strength_without_a_seller_is_bounded() -> None:
    assert strength_percent(0, 0) == 0
    assert strength_percent(10, 0) == 50_000
    assert strength_percent(150, 100) == 15_000


def test_direction_codes_mark_the_limits() -> None:
    assert change_code(100, 100) == "3"
    assert change_code(110, 100) == "2"
    assert change_code(130, 100, 130, 70) == "1"
    assert change_code(70, 100, 130, 70) == "4"
    assert change_code(90, 100) == "5"


def test_an_auction_has_no_side() -> None:
    assert [quantity_text(7, side) for side in (1, -1, 0)] == ["+7", "-7", "7"]
    assert quantity_text(0, 0) == "0"
