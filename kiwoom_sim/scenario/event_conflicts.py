"""Tell what a script's events do to each other, as far as that is known before the run.

The script is walked through in the order of market times (`event_times`), and what cannot happen
is told beside the event that comes too late. What depends on prices, or on times that only the run
knows, is refused when it is due, with the reason in the journal.
"""

from collections.abc import Iterator

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, moment
from kiwoom_sim.scenario.board_events import CircuitBreaker, IndexShock, Sidecar
from kiwoom_sim.scenario.day_events import EarlyClose, ExamDay, LateOpen
from kiwoom_sim.scenario.event_times import Timed
from kiwoom_sim.scenario.listing_events import Delisting, Listing
from kiwoom_sim.scenario.problems import Problem
from kiwoom_sim.scenario.symbol_events import (
    FlashCrash,
    GapOpen,
    Halt,
    LimitLock,
    Resume,
    Split,
    Vi,
)

_VI_MS = 2 * MS_PER_MINUTE
"""Shortest time of an interruption."""
_BREAKER_MS = 32 * MS_PER_MINUTE
"""Shortest time from the event of a circuit breaker to the end of its call auction."""

_FALL_MS = 3 * MS_PER_MINUTE
"""Longest time from the event of a circuit breaker to the stop."""

_CONTINUOUS = Vi | FlashCrash


class _Share(Struct):
    """Hold what the script has done to an instrument so far, each by the event that did it."""

    listed: Timed | None = None
    gone: Timed | None = None
    halted: Timed | None = None
    vi: Timed | None = None
    lock: Timed | None = None
    split: Timed | None = None


class _Script:
    """Walk through the events of a script."""

    def __init__(self, events: list[Timed]) -> None:
        self._shares: dict[str, _Share] = {}
        self._stops: dict[str, list[Timed]] = {}
        self._once: dict[tuple[object, ...], Timed] = {}
        for event in events:
            if isinstance(event.do, Listing):
                self._share(event).listed = event

    def take(self, event: Timed) -> str:
        """Take the next event; return why it cannot happen, or ""."""
        match event.do:
            case ExamDay() | LateOpen() | EarlyClose():
                return self._again(event, "hours", event.session, what="changes its hours")
            case Sidecar(market=market):
                return self._again(event, "sidecar", market, event.day, what="is its sidecar")
            case CircuitBreaker(market=market, stage=stage):
                found = self._stopped(event, market) or self._again(
                    event, "breaker", market, stage, event.day, what=f"is its stage {stage}"
                )
                self._stops.setdefault(market, []).append(event)
                return found
            case IndexShock(market=market):
                return self._stopped(event, market)
            case _:
                return self._take_one(event, self._share(event))

    def _take_one(self, event: Timed, share: _Share) -> str:
        """Take an event of one instrument."""
        if isinstance(event.do, Listing):
            return self._again(event, "listing", event.code, what="lists it")
        found = _unlisted(event, share)
        if isinstance(event.do, Delisting):
            share.gone = share.gone or event
            return found
        return found or _untraded(event, share) or _done(event, share)

    def _again(self, event: Timed, *key: object, what: str) -> str:
        """Tell an event that can happen only once."""
        before = self._once.setdefault(key, event)
        return "" if before is event else f"{before.name} {what} already"

    def _stopped(self, event: Timed, market: str) -> str:
        """Tell an event of a board that a circuit breaker has stopped by then."""
        for before in self._stops.get(market, ()):
            assert isinstance(before.do, CircuitBreaker)
            falls_ms = 0 if isinstance(event.do, CircuitBreaker) else _FALL_MS
            for_good = before.do.stage == 3 and before.day == event.day
            is_over = event.at_ms >= before.at_ms + _BREAKER_MS and not for_good
            if event.at_ms >= before.at_ms + falls_ms and not is_over:
                return f"{before.name} has stopped {market} at {event.clock}"
        return ""

    def _share(self, event: Timed) -> _Share:
        return self._shares.setdefault(event.code, _Share())


def _unlisted(event: Timed, share: _Share) -> str:
    """Tell an event of an instrument that is not listed then, or not traded in the usual way."""
    code, listed, gone = event.code, share.listed, share.gone
    first = day_of(listed.opens_ms) if listed is not None else 0
    if listed is not None and event.day < first:
        return f"{code} is not listed yet at {event.clock}, see {listed.name}"
    if listed is not None and event.day == first and isinstance(event.do, Vi):
        return f"{code} has no volatility interruption on its first day, see {listed.name}"
    return _gone(event, gone) if gone is not None else ""


def _gone(event: Timed, gone: Timed) -> str:
    """Tell an event of an instrument that is to be delisted."""
    code = event.code
    assert isinstance(gone.do, Delisting)
    if isinstance(event.do, Delisting):
        return f"{gone.name} delists {code} already"
    if event.day >= gone.later[gone.do.sessions]:
        return f"{code} is delisted by then, see {gone.name}"
    if isinstance(event.do, _CONTINUOUS | LimitLock) and event.day >= gone.later[0]:
        return f"{code} is in liquidation trading by then, see {gone.name}"
    return ""


def _untraded(event: Timed, share: _Share) -> str:
    """Tell an event that needs trading while there is none, or a free price while it is locked."""
    do, code = event.do, event.code
    if share.halted is not None and isinstance(do, _CONTINUOUS | Halt):
        return f"{code} is halted at {event.clock}, see {share.halted.name}"
    vi = share.vi
    if vi is not None and isinstance(do, _CONTINUOUS) and event.at_ms < vi.at_ms + _VI_MS:
        return f"{code} is in a call auction at {event.clock}, see {vi.name}"
    lock = share.lock
    if lock is not None and isinstance(do, _CONTINUOUS | GapOpen):
        then_ms = event.opens_ms if isinstance(do, GapOpen) else event.at_ms
        if lock.at_ms <= then_ms < _end_ms(lock):
            return f"{lock.name} has locked the price of {code} then"
    return ""


def _done(event: Timed, share: _Share) -> str:
    """Remember what happens to an instrument; return why it cannot, or ""."""
    match event.do:
        case Halt():
            share.halted = event
        case Resume():
            share.halted = share.lock = None
        case Vi():
            share.vi = event
        case Split():
            before, share.split = share.split, event
            if before is not None and before.later[0] == event.later[0]:
                return f"{before.name} splits {event.code} for the same session"
        case _:
            if isinstance(event.do, LimitLock):
                share.lock = event
    return ""


def _end_ms(event: Timed) -> int:
    """Return when a lock ends."""
    assert isinstance(event.do, LimitLock)
    midnight = moment(event.day + 1)
    for_ms = event.do.for_market_ms
    return min(event.at_ms + for_ms, midnight) if for_ms else midnight


def check_event_conflicts(events: list[Timed], unsure: frozenset[str]) -> Iterator[Problem]:
    """Yield the events that an earlier event of the script makes impossible.

    Args:
        events: Those whose market time is known, in the order of the file.
        unsure: Instruments to which something happens at a time that only the run will tell.
    """
    script = _Script(events)
    for event in sorted(events, key=lambda each: (each.at_ms, each.place)):
        if event.code in unsure:
            continue
        message = script.take(event)
        if message:
            yield Problem(path=("event", event.place, "do"), message=f"{event.kind}: {message}")
