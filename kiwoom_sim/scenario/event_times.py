"""Find the market times of a script's events, as far as they are known before the run."""

from collections.abc import Iterator

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, format_time, moment, time_of_day
from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.scenario.events import At, Event, EventKind


class Timed(Struct, frozen=True, kw_only=True):
    """Hold an event and its market time.

    Attributes:
        place: Place in the file.
        kind: Kind of what happens.
        code: Instrument, "" if it is about none.
        session: Day of the event, or the next session.
        opens_ms: Next opening after the event.
        later: Sessions after the day of the event, in order.
    """

    place: int
    name: str
    kind: str
    do: EventKind
    code: str
    at_ms: int
    session: int
    opens_ms: int
    later: tuple[int, ...]

    @property
    def day(self) -> int:
        """Return the day of the event."""
        return day_of(self.at_ms)

    @property
    def clock(self) -> str:
        """Return the time of day of the event, as a file has it."""
        text = format_time(time_of_day(self.at_ms))
        return f"{text[:2]}:{text[2:4]}:{text[4:]}"


def timed_events(events: tuple[Event, ...], clock: ClockConfig) -> Iterator[Timed]:
    """Yield the events whose market time is known, in the order of the file."""
    from kiwoom_sim.market.listings import next_opening  # noqa: PLC0415 - loads numpy
    from kiwoom_sim.market.rules.calendar import load_calendar  # noqa: PLC0415 - loads numpy
    from kiwoom_sim.market.rules.sessions import session_times  # noqa: PLC0415 - loads numpy

    calendar = load_calendar()
    for place, event in enumerate(events):
        at_ms = _market_ms(event.at, clock)
        if at_ms is None or not calendar.first_day < day_of(at_ms) < calendar.last_day - 60:
            continue
        day = day_of(at_ms)
        session = day if calendar.is_session(day) else calendar.next(day)
        if clock.session == "always-open" and event.at.of in {"run", "start"}:
            assert clock.start_ms is not None
            first = calendar.latest(day_of(clock.start_ms))
            if at_ms >= moment(first, session_times(calendar, first).close_ms):
                continue
        opening = next_opening(calendar, at_ms)
        yield Timed(
            place=place,
            name=f'event "{event.id}"' if event.id else f"event[{place}]",
            kind=str(event.do.__struct_config__.tag),
            do=event.do,
            code=getattr(event.do, "code", ""),
            at_ms=at_ms,
            session=session,
            opens_ms=moment(opening, session_times(calendar, opening).open_ms),
            later=tuple(calendar.sessions(day + 1, day + 60).tolist()),
        )


def untimed_codes(events: tuple[Event, ...], timed: list[Timed]) -> frozenset[str]:
    """Return the instruments of the events that are not among the timed ones."""
    places = {each.place for each in timed}
    codes = (getattr(e.do, "code", "") for n, e in enumerate(events) if n not in places)
    return frozenset(code for code in codes if code)


def _market_ms(at: At, clock: ClockConfig) -> int | None:
    """Return the market time of an event, None if only the run will tell."""
    if at.of == "moment":
        return at.ms
    start_ms = clock.start_ms
    if start_ms is None or (at.of == "run" and clock.mode == "stepped"):
        return None
    if at.of == "day":
        today = moment(day_of(start_ms), at.ms)
        return today if today >= start_ms else today + MS_PER_DAY
    return start_ms + at.ms * (clock.speed if at.of == "run" else 1)
