"""Keep what was done to the market, per symbol and in order.

An event acts on what comes *after* its time; a question about an earlier instant has the same
answer before and after the event was added. What events mean for prices is in `tape` and `days`.

Invariants: the events of a symbol rise in time; splits come at the start of a session.
"""

from bisect import bisect_left, insort
from collections.abc import Callable

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, format_day, format_moment, moment
from kiwoom_sim.market.alterations import (
    Debut,
    Event,
    Farewell,
    Halt,
    Mute,
    Pin,
    Resume,
    Split,
)
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.rules.calendar import Calendar


class PriceRules(Struct, frozen=True):
    """Hold what a price of a symbol must obey on a day."""

    lower: int
    upper: int
    step: Callable[[int], int]


class Overlay:
    """Hold the events of all symbols."""

    def __init__(
        self, universe: Universe, calendar: Calendar, rules: Callable[[str, int], PriceRules]
    ) -> None:
        """Start without events.

        Args:
            universe: Says which symbols exist.
            calendar: Sessions.
            rules: Price rules of a symbol on a session.
        """
        self._universe = universe
        self._calendar = calendar
        self._rules = rules
        self._events: dict[str, list[Event]] = {}
        self._times: list[int] = []
        self._latest: dict[str, int] = {}
        self._revisions: dict[str, int] = {}

    def halt(self, code: str, at_ms: int, now: int | None = None) -> None:
        """Halt trading (거래정지) after a time.

        Raises:
            ValueError: The time is past, or the symbol unknown or already halted.
        """
        self._check(code, at_ms, now)
        if self.halted_at(code, at_ms):
            raise ValueError(f"{code} is already halted at {format_moment(at_ms)}")
        self._add(code, Halt(at_ms))

    def resume(self, code: str, at_ms: int, now: int | None = None) -> None:
        """Let trading go on after a time, and end a price that was set or a silence.

        Raises:
            ValueError: The time is past, the symbol unknown, or there is nothing to end.
        """
        self._check(code, at_ms, now)
        if not self.halted_at(code, at_ms) and not self._held_at(code, at_ms):
            raise ValueError(f"{code} is neither halted nor pinned at {format_moment(at_ms)}")
        self._add(code, Resume(at_ms))

    def pin(
        self, code: str, at_ms: int, price: int, for_ms: int = 0, now: int | None = None
    ) -> None:
        """Set the price after a time, and hold it there for `for_ms`.

        Raises:
            ValueError: The time is past, the symbol unknown, or the price is not legal that day.
        """
        self._check(code, at_ms, now)
        if for_ms < 0:
            raise ValueError(f"a price cannot be held for {for_ms} ms")
        day = self._session_of(at_ms)
        rules = self._rules(code, day)
        if not rules.lower <= price <= rules.upper:
            raise ValueError(
                f"price {price} of {code} is outside the limits of {format_day(day)}"
                f" ({rules.lower}-{rules.upper})"
            )
        step = rules.step(price)
        if price % step:
            low = price - price % step
            raise ValueError(
                f"price {price} of {code} is not a multiple of the price step {step};"
                f" nearest: {low} or {low + step}"
            )
        self._add(code, Pin(at_ms, at_ms + for_ms, price))

    def split(self, code: str, day: int, new: int, old: int, now: int | None = None) -> None:
        """Exchange `old` shares for `new` ones before a session.

        Raises:
            ValueError: The day is no session or not after the last event, or a count is below 1.
        """
        self._check(code, moment(day), now)
        if new < 1 or old < 1 or new == old:
            raise ValueError(f"cannot split {old} shares of {code} into {new}")
        if not self._calendar.is_session(day):
            raise ValueError(f"{format_day(day)} is not a session")
        if any(event.at_ms == moment(day) for event in self.splits(code)):
            raise ValueError(f"{code} is already split on {format_day(day)}")
        self._add(code, Split(moment(day), new, old))

    def add(self, code: str, told_ms: int, *events: Event) -> None:
        """Add events that were told of at a time; they may lie in its future.

        Raises:
            ValueError: The time is past, or the symbol unknown.
        """
        self._check(code, told_ms, None)
        assert all(event.at_ms >= told_ms for event in events), "the past stays"
        for event in events:
            self._keep(code, event)
        self._latest[code] = told_ms

    def codes(self) -> list[str]:
        """Return the symbols that have events, in a fixed order."""
        return sorted(self._events)

    def first_day(self, code: str) -> int | None:
        """Return the first session that events of a symbol touch, or None."""
        events = self._events.get(code)
        return self._session_of(events[0].at_ms) if events else None

    def revision(self, code: str) -> int:
        """Return how many events a symbol has; names the state of its overlay."""
        return self._revisions.get(code, 0)

    def revision_at(self, time_ms: int) -> int:
        """Return how many events of all symbols act before a time; names what shows until then."""
        return bisect_left(self._times, time_ms)

    def splits(self, code: str) -> list[Split]:
        """Return the splits of a symbol in order."""
        return [event for event in self._events.get(code, ()) if isinstance(event, Split)]

    def events_on(self, code: str, day: int) -> list[Event]:
        """Return the events that take effect on a session, in order."""
        return [e for e in self._events.get(code, ()) if self._session_of(e.at_ms) == day]

    def halted_at(self, code: str, at_ms: int) -> bool:
        """Say whether a symbol is halted right after a time."""
        halted = False
        for event in self._events.get(code, ()):
            if event.at_ms <= at_ms:
                halted = isinstance(event, Halt) or (halted and not isinstance(event, Resume))
        return halted

    def _session_of(self, at_ms: int) -> int:
        """Return the session in which something at a time takes effect."""
        day = day_of(at_ms)
        return day if self._calendar.is_session(day) else self._calendar.next(day)

    def _held_at(self, code: str, at_ms: int) -> bool:
        """Say whether a price is set, or nobody trades, right after a time."""
        pinned = muted = 0
        for event in self._events.get(code, ()):
            if event.at_ms > at_ms:
                break
            if isinstance(event, Pin):
                pinned = event.until_ms
            elif isinstance(event, Mute):
                muted = event.until_ms
            elif isinstance(event, Resume):
                pinned = muted = 0
        return at_ms < max(pinned, muted)

    def _check(self, code: str, at_ms: int, now: int | None) -> None:
        if self._universe.index(code) is None:
            raise ValueError(f'unknown symbol "{code}"')
        self._check_listed(code, at_ms)
        since = max(self._latest.get(code, at_ms), at_ms if now is None else now)
        if at_ms < since:
            raise ValueError(
                f"an event of {code} at {format_moment(at_ms)} would change the past"
                f" (before {format_moment(since)})"
            )

    def _check_listed(self, code: str, at_ms: int) -> None:
        for event in self._events.get(code, ()):
            if isinstance(event, Debut) and at_ms < event.at_ms:
                day = format_day(day_of(event.at_ms))
                raise ValueError(f"{code} is not listed before {day}")
            if isinstance(event, Farewell) and at_ms >= event.at_ms:
                day = format_day(day_of(event.at_ms))
                raise ValueError(f"{code} is delisted since {day}")

    def _add(self, code: str, event: Event) -> None:
        self._keep(code, event)
        if not isinstance(event, Split):
            self._latest[code] = event.at_ms

    def _keep(self, code: str, event: Event) -> None:
        insort(self._events.setdefault(code, []), event, key=lambda each: each.at_ms)
        insort(self._times, event.at_ms)
        self._revisions[code] = self.revision(code) + 1


def split_days(overlay: Overlay) -> list[int]:
    """Return the sessions with new shares of any symbol, in order."""
    days = {day_of(split.at_ms) for code in overlay.codes() for split in overlay.splits(code)}
    return sorted(days)
