"""Read the values that carry a unit: durations, rates, times; and write them again.

All readers raise ValueError with a message that says what is wrong and how it is written.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from math import gcd, isfinite
from typing import cast

from kiwoom_sim.core.clock import clock_ms, datetime_from_moment, moment_from_datetime
from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.until import Sign, Until
from kiwoom_sim.faults.when import Window
from kiwoom_sim.scenario.events import At

UNTIL_PATTERN = r"^[^\s<>=]+( *(>=|<=|==|<|>) *\d{1,9})?$"
_UNTIL = re.compile(
    r"(?P<measure>[^\s<>=]+)(?: *(?P<sign>>=|<=|==|<|>) *(?P<value>\d{1,9}))?", re.ASCII
)
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_DURATION = re.compile(r"(\d{1,15})(?:\.(\d{1,3}))?(ms|s|m|h)(@market)?", re.ASCII)
_FREQUENCY = re.compile(r"(\d{1,9})/(\d{0,9})(ms|s|m|h)(@market)?", re.ASCII)
_SIZES = {"B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_SIZE = re.compile(r"(\d{1,12})(B|KB|MB|GB)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%", re.ASCII)
ARROW = "->"
"""Stands between the two ends of a ramp."""

RAMP_PATTERN = r"^[^>]+->[^>]+$"
DURATION_FORM = 'write it as "250ms", "5s", "2m" or "1h"'
DURATION_PATTERN = r"^\d{1,15}(\.\d{1,3})?(ms|s|m|h)(@market)?$"
SIZE_PATTERN = r"^\d{1,12}(B|KB|MB|GB)$"
MOMENT_PATTERN = r"^(now|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?)$"
AT_PATTERN = (
    r"^(\+?\d{1,15}(\.\d{1,3})?(ms|s|m|h)(@market)?"
    r"|(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)$"
)
WINDOW_PATTERN = r"^\d{1,15}(\.\d{1,3})?(ms|s|m|h)(@market)?$"
FREQUENCY_PATTERN = r"^\d{1,9}/(0*[1-9]\d*)?(ms|s|m|h)(@market)?$"
RATE_PATTERN = r"^(100(\.0{1,2})?|0?\d{1,2}(\.\d{1,2})?)%$"


def parse_duration(value: object) -> tuple[int, bool]:
    """Return the milliseconds of "5s" or "5s@market", and whether it is market time."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{show(value)} is not a duration; {DURATION_FORM}")
    whole, fraction, unit, market = match.groups()
    thousandths = int(whole) * 1_000 + int((fraction or "").ljust(3, "0"))
    milliseconds, rest = divmod(thousandths * _UNITS[unit], 1_000)
    if rest:
        raise ValueError(f"{show(value)} is not a whole number of milliseconds")
    return milliseconds, market is not None


def wire_duration(value: object, speed: int) -> int:
    """Return a duration as wire time; a stretch of market time shrinks with the speed."""
    milliseconds, is_market = parse_duration(value)
    return milliseconds // speed if is_market else milliseconds


def duration_ms(duration: str | int, speed: int) -> int:
    """Return a duration as wire time: "5s", or a number of milliseconds.

    Raises:
        ValueError: That is not a duration, or is negative.
    """
    if isinstance(duration, int) and not isinstance(duration, bool):
        if duration < 0:
            raise ValueError(f"{duration} is negative; time only goes forward")
        return duration
    return wire_duration(duration, speed)


def market_duration(value: object, speed: int) -> int:
    """Return a duration as market time; a stretch of wire time grows with the speed."""
    milliseconds, is_market = parse_duration(value)
    return milliseconds if is_market else milliseconds * speed


def parse_rate(value: object) -> int:
    """Return the basis points of "10%", "0.5%" or 0.1."""
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        bps = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        if bps <= 10_000:
            return bps
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        bps = round(value * 10_000)
        if abs(value * 10_000 - bps) < 1e-6:
            return bps
    raise ValueError(
        f'{show(value)} is not a chance; write it as "10%" or 0.1, in steps of 0.01 percent'
    )


def parse_frequency(value: object, speed: int = 1) -> Rate:
    """Return the rate of "5/1s", "5/s" or "300/1m" of wire time, or of "5/1s@market".

    Args:
        value: The text.
        speed: Market time per wire time.
    """
    match = _FREQUENCY.fullmatch(value) if isinstance(value, str) else None
    per_ms = int(match[2] or "1") * _UNITS[match[3]] if match is not None else 0
    if match is None or not per_ms:
        raise ValueError(f'{show(value)} is not a rate; write it as "5/1s", "1/500ms" or "300/1m"')
    if match[4] is None:
        return Rate(int(match[1]), per_ms)
    stretches = speed // gcd(per_ms, speed)
    return Rate(int(match[1]) * stretches, per_ms * stretches // speed)


def parse_size(value: object) -> int:
    """Return the bytes of "256MB"."""
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f'{show(value)} is not a size; write it as "64B", "500KB", "256MB" or "1GB"'
        )
    return int(match[1]) * _SIZES[match[2]]


def parse_moment(value: object) -> int | None:
    """Return the market time of a TOML local date-time; None for "now"."""
    if value == "now":
        return None
    parsed = value
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            parsed = None
    if not isinstance(parsed, datetime):
        raise ValueError(  # noqa: TRY004 - all slips of a file are ValueErrors
            f'{show(value)} is not a date and time; write it as 2026-03-23T09:30:00, or "now"'
        )
    if parsed.tzinfo is not None:
        raise ValueError(f"{show(value)} names a time zone; times are Korean, write none")
    return moment_from_datetime(parsed)


def parse_window(value: object, speed: int = 1) -> Window:
    """Return the stretch of wire time of ["20s", "26s"] or ["+20s", "+26s"].

    Args:
        value: The two texts.
        speed: Market time per wire time, for ends as "20s@market".
    """
    form = 'write it as ["20s", "26s"], or ["+20s", "+26s"] from the start of the phase'
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{show(value)} is not a stretch of time; {form}")
    texts = [text for text in value if isinstance(text, str)]
    marks = {text.startswith("+") for text in texts}
    if len(texts) != 2 or len(marks) != 1:
        raise ValueError(f"{show(value)} is not a stretch of time; {form}")
    from_ms, to_ms = (wire_duration(text.removeprefix("+"), speed) for text in texts)
    if from_ms >= to_ms:
        raise ValueError(f"{show(value)} ends before it starts")
    return Window(from_ms, to_ms, of_phase=marks == {True})


def parse_body(value: object) -> object:
    """Return what a stub sends: a text, or a table that JSON can hold."""
    if not isinstance(value, str | dict):
        raise ValueError(f"{show(value)} is not a table, and not a text in quotes")  # noqa: TRY004 - all slips of a file are ValueErrors
    for inner in _leaves(value):
        if isinstance(inner, date | time):
            raise ValueError(f"{show(inner)} cannot be sent; write it as a text in quotes")  # noqa: TRY004 - as above
        if isinstance(inner, float) and not isfinite(inner):
            raise ValueError(f"{show(inner)} cannot be sent; JSON has no such number")
        if isinstance(inner, int) and not -(2**63) <= inner < 2**63:
            raise ValueError(f"{show(inner)} cannot be sent; write it as a text in quotes")
    return value


def parse_args(value: object) -> object:
    """Return what a hook is given: a table that JSON can hold."""
    if not isinstance(value, dict):
        raise ValueError(f"{show(value)} is not a table")  # noqa: TRY004 - as above
    return parse_body(value)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def parse_until(value: object) -> Until:
    """Return the condition of "ws.connections >= 1" or "event.vi"."""
    match = _UNTIL.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f'{show(value)} is no condition; write it as "ws.connections >= 1" or "event.ID"'
        )
    if match["sign"] is None:
        return Until(match["measure"])
    return Until(match["measure"], cast("Sign", match["sign"]), int(match["value"]))


def parse_at(value: object, speed: int = 1) -> At:
    """Return the time of an event: a time of day, a date and time, or a duration.

    Args:
        value: What a file has; a text is a duration, with "+" since a phase began.
        speed: Market time per wire time, for "+20s@market".
    """
    if isinstance(value, time):
        return At("day", clock_ms(value.hour, value.minute, value.second))
    if isinstance(value, datetime):
        moment_ms = parse_moment(value)
        assert moment_ms is not None
        return At("moment", moment_ms)
    try:
        if isinstance(value, str) and value.startswith("+"):
            return At("phase", wire_duration(value[1:], speed))
        milliseconds, is_market = parse_duration(value)
    except ValueError:
        raise ValueError(
            f"{show(value)} is not a time; write it as 09:01:10 or 2026-03-23T09:01:10 "
            'without quotes, or "30s" after the start, "+30s" after that of its phase'
        ) from None
    return At("start" if is_market else "run", milliseconds)


def show(value: object) -> str:
    """Return a value the way a TOML file writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = "".join(_escape(character) for character in value)
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = [f"{show_key(str(key))} = {show(item)}" for key, item in value.items()]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def show_key(key: str) -> str:
    """Return a key the way a TOML file writes it."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key, re.ASCII) else show(key)


def _escape(character: str) -> str:
    plain = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if character in plain:
        return plain[character]
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def write_duration(milliseconds: int) -> str:
    """Return a duration in its largest whole unit: 120000 is "2m"."""
    for unit in ("h", "m", "s"):
        if milliseconds and milliseconds % _UNITS[unit] == 0:
            return f"{milliseconds // _UNITS[unit]}{unit}"
    return f"{milliseconds}ms"


def write_rate(bps: int) -> str:
    """Return basis points as percent: 50 is "0.5%"."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%" if rest else f"{whole}%"


def write_frequency(rate: Rate) -> str:
    """Return a rate as TOML writes it: "5/1s"."""
    return f"{rate.count}/{write_duration(rate.per_ms)}"


def write_size(size_bytes: int) -> str:
    """Return a size in its largest whole unit: 2000 is "2KB", 1500 is "1500B"."""
    for unit in ("GB", "MB", "KB"):
        if size_bytes and size_bytes % _SIZES[unit] == 0:
            return f"{size_bytes // _SIZES[unit]}{unit}"
    return f"{size_bytes}B"


def write_moment(time_ms: int | None) -> datetime | str:
    """Return a market time as TOML writes it; None as "now"."""
    return "now" if time_ms is None else datetime_from_moment(time_ms)


def write_window(window: Window) -> list[str]:
    """Return a stretch of time as TOML writes it."""
    sign = "+" if window.of_phase else ""
    return [sign + write_duration(end_ms) for end_ms in (window.from_ms, window.to_ms)]


def write_at(at: At) -> datetime | time | str:
    """Return the time of an event as TOML writes it."""
    if at.of == "moment":
        return datetime_from_moment(at.ms)
    if at.of == "day":
        return datetime_from_moment(at.ms).time()
    if at.of == "phase":
        return "+" + write_duration(at.ms)
    return write_duration(at.ms) + ("@market" if at.of == "start" else "")


def write_until(until: Until) -> str:
    """Return a condition as TOML writes it."""
    return f"{until.measure} {until.sign} {until.value}"
