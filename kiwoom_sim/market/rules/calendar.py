"""Know the trading days of an exchange, from a packaged list of closures.

Days are integers (`core.clock`). Session numbers count sessions from the reference day of the
price data, 2026-03-20, which is session 0; earlier sessions are negative.

Not for: times of day (see `sessions`).

Known deviations: closures after 2027 are a prediction; US closures are known for 2024-2027 only.

Source:
    Korean and US closures 2024-2027: exchange calendars; 2015-2023 and 2028: the `holidays`
    package (XKRX), run once. Late openings: first session of each year and the days of the
    national university entrance examination (CSAT).
"""

from copy import copy
from datetime import date
from functools import cache

import numpy as np

from kiwoom_sim.core.clock import day_from_date, format_day, parse_day, weekday
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.tables import read_rows

REFERENCE_DAY = day_from_date(date(2026, 3, 20))
"""The day of all reference prices; session number 0."""

_YEARS = {"KRX": (2015, 2028), "US": (2024, 2027)}


class Calendar:
    """Answer which days are sessions and how they are numbered.

    Attributes:
        first_day: First calendar day covered (1 January).
        last_day: Last calendar day covered (31 December).
        exceptions: Sessions with unusual hours: day -> `late`, `shifted`, or in a run of its own
            `early HHMM`, the close.
    """

    def __init__(self, first_day: int, last_day: int, closures: dict[int, str]) -> None:
        """Build a calendar.

        Args:
            first_day: First day covered; must not be after the reference day.
            last_day: Last day covered.
            closures: Day -> `closed`, or a kind of unusual hours.
        """
        self.first_day = first_day
        self.last_day = last_day
        self.exceptions = {day: kind for day, kind in closures.items() if kind != "closed"}
        days = [
            day
            for day in range(first_day, last_day + 1)
            if weekday(day) < 5 and closures.get(day) != "closed"
        ]
        self._days: Ints = np.array(days, dtype=np.int64)
        self._days.setflags(write=False)
        self._position = {day: position for position, day in enumerate(days)}
        self._zero = self._position[REFERENCE_DAY]

    def of_run(self) -> "Calendar":
        """Return a calendar with exceptions of its own, which a run may add to."""
        own = copy(self)
        own.exceptions = dict(self.exceptions)
        return own

    def is_session(self, day: int) -> bool:
        """Say whether the exchange trades on a day; days out of range are not sessions."""
        return day in self._position

    def session_index(self, day: int) -> int:
        """Return the session number of a day.

        Raises:
            ValueError: The exchange is closed on that day, or the day is not covered.
        """
        position = self._position.get(day)
        if position is None:
            raise ValueError(f"{format_day(day)} is not a session")
        return position - self._zero

    def day_at(self, index: int) -> int:
        """Return the day of a session number.

        Raises:
            ValueError: The calendar does not reach that session.
        """
        if not self.first_index <= index <= self.last_index:
            raise ValueError(
                f"session {index} is outside the calendar"
                f" ({format_day(self.first_day)}-{format_day(self.last_day)})"
            )
        return int(self._days[index + self._zero])

    def latest(self, day: int) -> int:
        """Return the day itself if it is a session, else the session before it.

        Raises:
            ValueError: There is none in the calendar.
        """
        position = int(np.searchsorted(self._days, day, side="right")) - 1
        if position < 0 or day > self.last_day:
            raise ValueError(f"no session known on or before {format_day(day)}")
        return int(self._days[position])

    def previous(self, day: int) -> int:
        """Return the last session before a day.

        Raises:
            ValueError: There is none in the calendar.
        """
        return self.latest(day - 1)

    def next(self, day: int) -> int:
        """Return the first session after a day.

        Raises:
            ValueError: There is none in the calendar.
        """
        position = int(np.searchsorted(self._days, day, side="right"))
        if position >= len(self._days) or day < self.first_day - 1:
            raise ValueError(f"no session known after {format_day(day)}")
        return int(self._days[position])

    def sessions(self, first_day: int, last_day: int) -> Ints:
        """Return the sessions from `first_day` to `last_day`, both included, oldest first."""
        start, end = np.searchsorted(self._days, (first_day, last_day + 1))
        return self._days[start:end]

    @property
    def first_index(self) -> int:
        """Session number of the first session (0 or below)."""
        return -self._zero

    @property
    def last_index(self) -> int:
        """Session number of the last session."""
        return len(self._days) - 1 - self._zero


@cache
def load_calendar(market: str = "KRX") -> Calendar:
    """Return the packaged calendar of `KRX` or `US`; one object per market."""
    first_year, last_year = _YEARS[market]
    closures: dict[int, str] = {}
    for row in read_rows("closures.csv"):
        if row["market"] == market:
            day = parse_day(row["day"])
            assert day is not None, "closures.csv holds calendar dates"
            closures[day] = row["kind"]
    first_day = day_from_date(date(first_year, 1, 1))
    return Calendar(first_day, day_from_date(date(last_year, 12, 31)), closures)
