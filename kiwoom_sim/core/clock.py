"""Count market time as integers: days and milliseconds of the Korean wall clock.

Market time is the number of milliseconds since 1970-01-01 00:00 **in Korea** (KST has no
daylight saving time, so this is a plain line). A day is the number of days since that date.
Nothing here reads a clock or a time zone database.
"""

from datetime import date, datetime, timedelta

MS_PER_SECOND = 1_000
MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 86_400_000

_EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH.toordinal()


def day_of(time_ms: int) -> int:
    """Return the day that a market time falls on."""
    return time_ms // MS_PER_DAY


def time_of_day(time_ms: int) -> int:
    """Return the milliseconds since midnight of a market time."""
    return time_ms % MS_PER_DAY


def moment(day: int, of_day_ms: int = 0) -> int:
    """Return the market time of a time of day on a day."""
    return day * MS_PER_DAY + of_day_ms


def clock_ms(hour: int, minute: int = 0, second: int = 0) -> int:
    """Return a time of day in milliseconds since midnight."""
    return hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND


def day_from_date(value: date) -> int:
    """Return the day number of a calendar date."""
    return value.toordinal() - _EPOCH_ORDINAL


def date_from_day(day: int) -> date:
    """Return the calendar date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def moment_from_datetime(value: datetime) -> int:
    """Return the market time of a naive Korean date and time (microseconds are cut)."""
    return moment(
        day_from_date(value.date()),
        clock_ms(value.hour, value.minute, value.second) + value.microsecond // 1_000,
    )


def datetime_from_moment(time_ms: int) -> datetime:
    """Return the naive Korean date and time of a market time."""
    return datetime(1970, 1, 1) + timedelta(milliseconds=time_ms)  # noqa: DTZ001 - KST by definition


def parse_day(text: str) -> int | None:
    """Return the day of a `YYYYMMDD` text, or None if it is not a calendar date."""
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        return None
    try:
        return day_from_date(date(int(text[:4]), int(text[4:6]), int(text[6:])))
    except ValueError:
        return None


def format_day(day: int) -> str:
    """Return a day as `YYYYMMDD`."""
    value = date_from_day(day)
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def format_time(of_day_ms: int) -> str:
    """Return a time of day as `HHMMSS`."""
    seconds = of_day_ms // MS_PER_SECOND
    return f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def format_moment(time_ms: int) -> str:
    """Return a market time as `YYYYMMDDHHMMSS`."""
    return format_day(day_of(time_ms)) + format_time(time_of_day(time_ms))


def weekday(day: int) -> int:
    """Return the day of the week, Monday = 0."""
    return (day + 3) % 7
