"""Change the hours of a session that has not begun: exam days, late openings, early closes.

Not for: which days are sessions; nothing changes that.
"""

from kiwoom_sim.core.clock import clock_ms, day_of, format_day, time_of_day
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.market.store import Store

_FIRST_MS = clock_ms(7)
"""Before this time of day nothing of a session has been shown."""


class Hours:
    """Change the hours of sessions in the calendar of one run."""

    def __init__(self, calendar: Calendar, store: Store, start_ms: int) -> None:
        """Bind a run that starts at a market time."""
        self._calendar = calendar
        self._store = store
        self._start_ms = start_ms

    def change(self, at_ms: int, kind: str) -> None:
        """Give the session of a day other hours; a day that is none leaves them to the next.

        Args:
            at_ms: When; on the day itself only before 07:00, or as the run starts.
            kind: As in `Calendar.exceptions`.

        Raises:
            ValueError: The session has begun.
        """
        day = session_of(self._calendar, at_ms)
        if self._calendar.exceptions.get(day) == kind:
            return
        has_begun = day == day_of(at_ms) and time_of_day(at_ms) >= _FIRST_MS
        if has_begun and at_ms != self._start_ms:
            raise ValueError(f"the session of {format_day(day)} has begun")
        self._calendar.exceptions[day] = kind
        self._store.clear()


def session_of(calendar: Calendar, at_ms: int) -> int:
    """Return the session of a market time's day, or the next one."""
    day = day_of(at_ms)
    return day if calendar.is_session(day) else calendar.next(day)
