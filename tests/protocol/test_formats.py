from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, day_from_date, moment
from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.formats import CLOSING_CLOCK, FORMATS, make_format, parse_number
from kiwoom_sim.protocol.spec import Field, Oddities

NUMBERS = st.integers(-(10**15), 10**15)
PRICES = st.integers(1, 10**7)


def write(value: object, base: int = 0, oddities: Oddities = "as-real", **facts: object) -> str:
    field = Field(**{"source": "x", **facts})  # type: ignore[arg-type]
    return make_format(field, oddities)(value, base)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("oddities", ["as-real", "clean"])
def test_nothing_prints_as_an_empty_text(name: str, oddities: Oddities) -> None:
    expected = "000000" if name == "clock_or_zero" else ""
    assert write(None, 100, oddities, format=name) == expected


@given(PRICES, PRICES)
def test_a_price_sign_is_a_direction_and_never_changes_the_digits(price: int, base: int) -> None:
    text = write(price, base, format="price", direction=True, plus=True)
    assert text.lstrip("+-") == str(price)
    assert text[0] == ("+" if price > base else "-" if price < base else str(price)[0])
    assert write(price, base, format="price") == str(price)


@given(NUMBERS, st.booleans(), st.sampled_from([0, 17, 20]))
def test_numbers_survive_a_round_trip(value: int, plus: bool, pad: int) -> None:
    text = write(value, format="number", plus=plus, pad=pad)
    assert parse_number(text) == value
    assert not pad or len(text) == pad


@given(NUMBERS, st.sampled_from([2, 3, 4]))
def test_percentages_survive_a_round_trip(value: int, decimals: int) -> None:
    text = write(value, format="percent", decimals=decimals, plus=True)
    assert parse_number(text, 2) == value
    assert len(text.partition(".")[2]) == decimals


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_index_levels_come_with_a_point_or_times_a_hundred(level: int, base: int) -> None:
    pointed = write(level, base, format="index", decimals=2, direction=True, plus=True)
    assert abs(parse_number(pointed, 2)) == level
    assert write(level, base, format="index", scale=100) == str(level)
    change = write(level - base, format="index_change", decimals=2, plus=True)
    assert parse_number(change, 2) == level - base


@given(NUMBERS)
def test_amounts_are_cut_towards_zero_in_their_unit(won: int) -> None:
    for unit, divisor in (("1e6 KRW", 10**6), ("1e8 KRW", 10**8), ("1e3 shares", 10**3), ("", 1)):
        text = write(won, format="amount", unit=unit)
        assert abs(parse_number(text)) == abs(won) // divisor


def test_an_unknown_unit_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(CatalogError, match="acres"):
        write(1, format="amount", unit="acres")
    with pytest.raises(CatalogError, match="nonsense"):
        write(1, format="nonsense")


def test_percentages_with_fewer_decimals_are_rounded() -> None:
    assert write(1_235, format="percent", decimals=1) == "12.4"
    assert write(-1_250, format="percent", decimals=0, plus=True) == "-13"
    assert write(1_235, format="ratio") == "12.35"


def test_zero_has_its_own_text_and_no_sign() -> None:
    assert write(0, 100, format="price", direction=True, plus=True) == "0"
    assert write(0, format="percent", decimals=2, plus=True) == "0.00"
    assert write(0, format="number", pad=8) == "00000000"


def test_oddities_of_the_real_service_can_be_switched_off() -> None:
    empty = {"format": "price", "direction": True, "plus": True, "zero": "-0"}
    assert write(0, 100, **empty) == "-0"
    assert write(0, 100, "clean", **empty) == "0"
    double = {"format": "number", "double_minus": True}
    assert write(-5, 0, **double) == "--5"
    assert write(-5, 0, "clean", **double) == "-5"
    assert write(7, 0, format="number", blank=True) == ""
    assert write(7, 0, "clean", format="number", blank=True) == "7"


def test_canned_fields_need_no_value() -> None:
    assert write(None, canned="원") == "원"


def test_times_and_dates() -> None:
    day = day_from_date(date(2026, 3, 20))
    at = moment(day, clock_ms(15, 30, 7))
    assert write(day, format="date") == "20260320"
    assert write(None, format="date", zero="00000000") == "00000000"
    assert write(at, format="day_of_time") == "20260320"
    assert write(at, format="clock") == "153007"
    assert write(at, format="moment") == "20260320153007"


def test_a_closing_index_value_has_no_clock_time_on_the_real_wire() -> None:
    at = moment(20_532, clock_ms(15, 30, 7))
    assert write(-at, format="index_clock") == CLOSING_CLOCK
    assert write(-at, format="index_moment").endswith(CLOSING_CLOCK)
    assert write(-at, 0, "clean", format="index_clock") == "153007"
    assert write(at, format="index_clock") == "153007"


def test_other_units_and_forms() -> None:
    assert write(1_234_567, format="thousands") == "1234"
    assert write(698, format="rate_in_hundredths", plus=True) == "+698"
    assert write(70_000, 71_000, format="signed_price") == "-70000"
    assert write("삼성전자", format="text") == "삼성전자"
