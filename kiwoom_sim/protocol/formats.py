"""Turn values into the texts of the wire; every leaf of a message is a text.

A catalogue field names one of `FORMATS` with its `as` key; the field's vendor facts (unit,
decimals, sign, padding) set the details. A format is a plain function of (value, base), so that
a compiled message costs one call per field. `parse_number` reads such texts back.

Invariants: None prints as an empty text. A direction sign never changes the digits. A price of 0
means "no such price".

Source:
    Kiwoom REST API guide and captures: signs, padding, units, `-0` for an empty price, two minus
    signs, 888888 as the time of a closing index value.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import structs

from kiwoom_sim.core.clock import (
    MS_PER_DAY,
    MS_PER_SECOND,
    format_day,
    format_time,
)
from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.spec import Field, Oddities

Format = Callable[[Any, int], str]
Maker = Callable[[Field, Oddities], Format]

CLOSING_CLOCK = "888888"
"""What index streams print instead of a time for the closing value."""

_UNITS = {
    "": 1, "KRW": 1, "shares": 1, "count": 1, "1e3 shares": 1_000, "1e3 KRW": 1_000,
    "1e6 KRW": 1_000_000, "1e8 KRW": 100_000_000,
}  # fmt: skip

_day_text = lru_cache(maxsize=8_192)(format_day)
_clock_text = lru_cache(maxsize=90_000)(format_time)


def _text(_field: Field, _oddities: Oddities) -> Format:
    return lambda value, _base: "" if value is None else str(value)


def _zero(field: Field, oddities: Oddities) -> str:
    """Return how zero is written."""
    if field.zero and oddities == "as-real":
        return field.zero
    if field.pad:
        return "0" * field.pad
    plain = "0." + "0" * field.decimals if field.decimals else "0"
    return field.zero.lstrip("+-") or plain


def _signs(field: Field, oddities: Oddities) -> tuple[str, str]:
    """Return what stands before a positive and before a negative number."""
    double = field.double_minus and oddities == "as-real"
    return ("+" if field.plus else ""), ("--" if double else "-")


def _padded(sign: str, digits: str, width: int) -> str:
    return sign + digits.rjust(width - len(sign), "0") if width else sign + digits


def _scaled(field: Field, oddities: Oddities, divisor: int) -> Format:
    """Return a format of whole numbers that are divided first, towards zero."""
    zero = _zero(field, oddities)
    plus, minus = _signs(field, oddities)
    width = field.pad
    if divisor == 1 and not plus and not width and zero == "0" and minus == "-":
        return lambda value, _base: "" if value is None else str(value)

    def scaled(value: int | None, _base: int) -> str:
        if value is None:
            return ""
        size = abs(value) // divisor
        if size == 0:
            return zero
        return _padded(minus if value < 0 else plus, str(size), width)

    return scaled


def _number(field: Field, oddities: Oddities) -> Format:
    """Make a whole number with its own sign (a change, a quantity, a count)."""
    return _scaled(field, oddities, 1)


def _amount(field: Field, oddities: Oddities) -> Format:
    """Make a number that the field's unit divides: won, thousand shares, million won, ..."""
    unit = field.unit.split("|")[0].strip()
    if unit not in _UNITS:
        raise CatalogError(f"no divisor for the unit {field.unit!r}")
    return _scaled(field, oddities, _UNITS[unit])


def _price(field: Field, oddities: Oddities) -> Format:
    """Make a price: signed by its direction where the field says so, else plain."""
    zero = _zero(field, oddities)
    plus = "+" if field.plus else ""
    width = field.pad
    if not field.direction or (width and not plus):
        plain_zero = zero

        def plain(value: int | None, _base: int) -> str:
            if value is None:
                return ""
            return _padded("", str(value), width) if value else plain_zero

        return plain

    def signed(value: int | None, base: int) -> str:
        if value is None:
            return ""
        if value == 0:
            return zero
        if value > base > 0:
            return f"{plus}{value}"
        return f"-{value}" if value < base else str(value)

    return signed


def _signed_price(field: Field, oddities: Oddities) -> Format:
    """Make a price with its direction, where the guide does not say what the sign means."""
    return _price(structs.replace(field, direction=True, plus=True), oddities)


def _thousands(field: Field, oddities: Oddities) -> Format:
    """Make thousands of won where the guide states no unit (0B field 1313)."""
    return _scaled(field, oddities, 1_000)


def _hundredths(size: int, decimals: int) -> str:
    """Write a size given in hundredths with a number of decimals, rounding half up."""
    if decimals == 2:
        return f"{size // 100}.{size % 100:02d}"
    if decimals > 2:
        return f"{size // 100}.{size % 100:02d}" + "0" * (decimals - 2)
    if decimals == 1:
        tenths = (size + 5) // 10
        return f"{tenths // 10}.{tenths % 10}"
    return str((size + 50) // 100)


def _percent(field: Field, oddities: Oddities) -> Format:
    """Make a percentage from hundredths of a percent, with its own sign."""
    zero = _zero(field, oddities)
    plus, minus = _signs(field, oddities)
    decimals = field.decimals

    def percentage(value: int | None, _base: int) -> str:
        if value is None:
            return ""
        if value == 0:
            return zero
        return (minus if value < 0 else plus) + _hundredths(abs(value), decimals)

    return percentage


def _ratio(field: Field, oddities: Oddities) -> Format:
    """Make a number with two decimals where the guide does not show how many there are."""
    return _percent(structs.replace(field, decimals=2, zero=""), oddities)


def _rate_in_hundredths(field: Field, oddities: Oddities) -> Format:
    """Make a percentage that the wire shows without its point (12.34 % as 1234)."""
    return _scaled(field, oddities, 1)


def _level_text(field: Field, size: int) -> str:
    return _hundredths(size, field.decimals) if field.decimals else str(size)


def _index(field: Field, oddities: Oddities) -> Format:
    """Make an index level from hundredths: with its point, or as a whole number (times 100)."""
    zero = _zero(field, oddities)
    direction = field.direction
    plus = "+" if field.plus else ""

    def level(value: int | None, base: int) -> str:
        if value is None:
            return ""
        if value == 0:
            return zero
        text = _level_text(field, value)
        if not direction or value == base:
            return text
        return plus + text if value > base else "-" + text

    return level


def _index_change(field: Field, oddities: Oddities) -> Format:
    """Make a change of an index from hundredths, with its own sign."""
    zero = _zero(field, oddities)
    plus, minus = _signs(field, oddities)

    def change(value: int | None, _base: int) -> str:
        if value is None:
            return ""
        if value == 0:
            return zero
        return (minus if value < 0 else plus) + _level_text(field, abs(value))

    return change


def _date(field: Field, _oddities: Oddities) -> Format:
    """Make `YYYYMMDD` from a day; without one, what the field prints for nothing."""
    nothing = field.zero
    return lambda value, _base: nothing if value is None else _day_text(value)


def _day_of_time(_field: Field, _oddities: Oddities) -> Format:
    """Make `YYYYMMDD` from a market time."""
    return lambda value, _base: "" if value is None else _day_text(value // MS_PER_DAY)


def _clock_of(value: int) -> str:
    seconds = value % MS_PER_DAY // MS_PER_SECOND
    return _clock_text(seconds * MS_PER_SECOND)


def _clock(_field: Field, _oddities: Oddities) -> Format:
    """Make `HHMMSS` from a market time."""
    return lambda value, _base: "" if value is None else _clock_of(value)


def _clock_or_zero(_field: Field, _oddities: Oddities) -> Format:
    """Make `HHMMSS` from a market time, six zeros without one."""
    return lambda value, _base: "000000" if value is None else _clock_of(value)


def _moment(_field: Field, _oddities: Oddities) -> Format:
    """Make `YYYYMMDDHHMMSS` from a market time."""
    return lambda value, _base: (
        "" if value is None else _day_text(value // MS_PER_DAY) + _clock_of(value)
    )


def _index_clock(_field: Field, oddities: Oddities) -> Format:
    """Make `HHMMSS` from a market time; a negative one marks a closing value."""

    def clock(value: int | None, _base: int) -> str:
        if value is None:
            return ""
        if value < 0 and oddities == "as-real":
            return CLOSING_CLOCK
        return _clock_of(abs(value))

    return clock


def _index_moment(_field: Field, oddities: Oddities) -> Format:
    """Make `YYYYMMDDHHMMSS` from a market time; a negative one marks a closing value."""
    clock = _index_clock(_field, oddities)

    def text(value: int | None, base: int) -> str:
        return "" if value is None else _day_text(abs(value) // MS_PER_DAY) + clock(value, base)

    return text


FORMATS: dict[str, Maker] = {
    "text": _text,
    "code": _text,
    "number": _number,
    "amount": _amount,
    "thousands": _thousands,
    "price": _price,
    "signed_price": _signed_price,
    "percent": _percent,
    "ratio": _ratio,
    "rate_in_hundredths": _rate_in_hundredths,
    "index": _index,
    "index_change": _index_change,
    "date": _date,
    "day_of_time": _day_of_time,
    "clock": _clock,
    "clock_or_zero": _clock_or_zero,
    "moment": _moment,
    "index_clock": _index_clock,
    "index_moment": _index_moment,
}
"""Formats that a catalogue field may name with `as`."""


def make_format(field: Field, oddities: Oddities = "as-real") -> Format:
    """Return the function that writes a field's values.

    Raises:
        CatalogError: The field names no format, or its facts do not fit the format.
    """
    if field.canned is not None:
        fixed = field.canned
        return lambda _value, _base: fixed
    if field.blank and oddities == "as-real":
        return lambda _value, _base: ""
    if field.format not in FORMATS:
        raise CatalogError(f"unknown format {field.format!r}")
    return FORMATS[field.format](field, oddities)


def parse_number(text: str, decimals: int = 0) -> int:
    """Return the number that a wire text stands for, in units of its last digit.

    Args:
        text: A text of `number`, `amount`, `price`, `percent`, `index` or `index_change`.
        decimals: Digits after the point.

    Returns:
        The signed number; a direction sign is a sign like any other. Empty texts are 0.
    """
    body = text.lstrip("+-")
    whole, _, fraction = body.partition(".")
    size = int((whole or "0") + fraction.ljust(decimals, "0")[:decimals])
    return -size if text.startswith("-") else size
