"""Know the times of a trading day (장운영시간), by date.

Times of day are milliseconds since midnight. A call auction ends at a random instant up to 30 s
after its nominal end; the times here are nominal.

Known deviations: phase notices for the exchange's after-market (since 2026-09-14) are not
published by the broker, so none are sent for it.

Source:
    KRX session times since 2016-08-01 (before: close at 15:00); alternative venue NXT since
    2025-03-04; KRX after-market instead of the single-price session since 2026-09-14. First
    session of the year: opening at 10:00. CSAT days: the regular session one hour later.
    Codes of the phase notices: Kiwoom REST API guide, 0s, field 215.
"""

from bisect import bisect_right
from datetime import date
from enum import IntEnum
from functools import lru_cache

from msgspec import Struct

from kiwoom_sim.core.clock import (
    MS_PER_HOUR,
    MS_PER_MINUTE,
    clock_ms,
    day_from_date,
    day_of,
    format_day,
    format_time,
    time_of_day,
)
from kiwoom_sim.market.records import Phase
from kiwoom_sim.market.rules.calendar import Calendar


class Regime(IntEnum):
    """Number the sets of session rules that have been in force, oldest first."""

    CLOSE_AT_THREE = 0
    EXCHANGE_ONLY = 1
    WITH_NXT = 2
    WITH_AFTER_MARKET = 3


_SINCE = tuple(
    day_from_date(value)
    for value in (date(1970, 1, 1), date(2016, 8, 1), date(2025, 3, 4), date(2026, 9, 14))
)

AUCTION_END_SPREAD_MS = 30_000
"""A call auction ends before this much after its nominal end."""


EARLY = "early "
"""Begins the kind of hours of a session that closes early; the close follows (`1300`)."""

_SHORTEST_MS = 30 * MS_PER_MINUTE


def parse_close(text: str) -> int:
    """Return the time of day of a close written as `1300`.

    Raises:
        ValueError: It is no time between half an hour after the opening and the usual close.
    """
    close_ms = clock_ms(int(text[:2]), int(text[2:])) if len(text) == 4 and text.isdigit() else 0
    if not clock_ms(9) + _SHORTEST_MS <= close_ms < clock_ms(15, 30):
        raise ValueError(f"a session cannot close early at {text}")
    return close_ms


class NxtTimes(Struct, frozen=True, kw_only=True):
    """Hold the times of the alternative venue (NXT) on one day.

    Attributes:
        pre_ms, pre_end_ms: Pre-market, or None on days without one.
        after_auction_ms: Start of order entry for the after-market's opening price.
    """

    pre_ms: int | None
    pre_end_ms: int | None
    main_ms: int
    main_end_ms: int
    after_auction_ms: int
    after_ms: int
    after_end_ms: int


class SessionTimes(Struct, frozen=True, kw_only=True):
    """Hold the times of one session of the exchange.

    Attributes:
        open_ms, close_ms: Nominal instants of the opening and closing auction prints.
        minutes: Number of minutes of continuous trading.
        closing_price_ms, closing_price_end_ms: Trading at the closing price (시간외종가).
        single_price_ms, single_price_end_ms: Ten-minute auctions (시간외단일가), or None.
        after_market_ms, after_market_end_ms: After-market of the exchange, or None.
        end_ms: End of the exchange's day.
        nxt: Times of the alternative venue, or None before it existed.
    """

    day: int
    regime: Regime
    opening_auction_ms: int
    open_ms: int
    closing_auction_ms: int
    close_ms: int
    minutes: int
    closing_price_ms: int
    closing_price_end_ms: int
    single_price_ms: int | None
    single_price_end_ms: int | None
    after_market_ms: int | None
    after_market_end_ms: int | None
    end_ms: int
    nxt: NxtTimes | None


class PhaseNotice(Struct, frozen=True, kw_only=True):
    """Hold one notice of the phase stream: when, which code (FID 215), what is left (FID 214)."""

    of_day_ms: int
    code: str
    remaining: str


def regime(day: int) -> Regime:
    """Return the rules in force on a day."""
    return Regime(max(0, bisect_right(_SINCE, day) - 1))


def _nxt_times(open_ms: int, close_ms: int, after_shift: int) -> NxtTimes:
    """Return the alternative venue's times; a day that opens late has no pre-market."""
    on_time = open_ms == clock_ms(9)
    return NxtTimes(
        pre_ms=clock_ms(8) if on_time else None,
        pre_end_ms=clock_ms(8, 50) if on_time else None,
        main_ms=open_ms + AUCTION_END_SPREAD_MS,
        main_end_ms=close_ms - 10 * MS_PER_MINUTE,
        after_auction_ms=close_ms,
        after_ms=clock_ms(15, 40) + after_shift,
        after_end_ms=clock_ms(20),
    )


@lru_cache(maxsize=4096)
def _times(day: int, kind: str) -> SessionTimes:
    """Return the times of a session with the given kind of hours."""
    rules = regime(day)
    short = rules is Regime.CLOSE_AT_THREE
    shift = MS_PER_HOUR if kind == "shifted" else 0
    open_ms = clock_ms(10) if kind in {"late", "shifted"} else clock_ms(9)
    close_ms = clock_ms(15, 0 if short else 30) + shift
    if kind.startswith(EARLY):
        close_ms = parse_close(kind.removeprefix(EARLY))
    closing_auction_ms = close_ms - 10 * MS_PER_MINUTE
    evening = close_ms + 30 * MS_PER_MINUTE
    after_market = rules is Regime.WITH_AFTER_MARKET
    end_ms = clock_ms(20) if after_market else clock_ms(18)
    return SessionTimes(
        day=day,
        regime=rules,
        opening_auction_ms=open_ms - 30 * MS_PER_MINUTE,
        open_ms=open_ms,
        closing_auction_ms=closing_auction_ms,
        close_ms=close_ms,
        minutes=(closing_auction_ms - open_ms) // MS_PER_MINUTE,
        closing_price_ms=close_ms + 10 * MS_PER_MINUTE,
        closing_price_end_ms=evening,
        single_price_ms=None if after_market else evening,
        single_price_end_ms=None if after_market else end_ms,
        after_market_ms=evening if after_market else None,
        after_market_end_ms=end_ms if after_market else None,
        end_ms=end_ms,
        nxt=_nxt_times(open_ms, close_ms, shift) if rules >= Regime.WITH_NXT else None,
    )


def session_times(calendar: Calendar, day: int) -> SessionTimes:
    """Return the times of a session.

    Raises:
        ValueError: The exchange is closed on that day.
    """
    if not calendar.is_session(day):
        raise ValueError(f"{format_day(day)} is not a session")
    return _times(day, calendar.exceptions.get(day, ""))


def phase_at(calendar: Calendar, time_ms: int) -> Phase:
    """Return the phase of the exchange at a market time; a phase begins at its nominal start."""
    day = day_of(time_ms)
    if not calendar.is_session(day):
        return Phase.CLOSED
    times = session_times(calendar, day)
    evening = Phase.SINGLE_PRICE if times.after_market_ms is None else Phase.AFTER_MARKET
    ends = (
        (times.opening_auction_ms, Phase.BEFORE_OPEN),
        (times.open_ms, Phase.OPENING_AUCTION),
        (times.closing_auction_ms, Phase.CONTINUOUS),
        (times.close_ms, Phase.CLOSING_AUCTION),
        (times.closing_price_ms, Phase.AFTER_CLOSE),
        (times.closing_price_end_ms, Phase.CLOSING_PRICE),
        (times.end_ms, evening),
    )
    of_day = time_of_day(time_ms)
    return next((phase for end, phase in ends if of_day < end), Phase.CLOSED)


def _countdown(end_ms: int, code: str, minutes: tuple[int, ...]) -> list[PhaseNotice]:
    """Return notices of one code at whole minutes before an instant."""
    return [
        PhaseNotice(
            of_day_ms=end_ms - left * MS_PER_MINUTE,
            code=code,
            remaining=format_time(left * MS_PER_MINUTE),
        )
        for left in minutes
    ]


def phase_notices(calendar: Calendar, day: int) -> tuple[PhaseNotice, ...]:
    """Return the notices that the phase stream (장시작시간) sends on a day, in time order.

    Raises:
        ValueError: The exchange is closed on that day.
    """
    times = session_times(calendar, day)
    instants: list[tuple[int | None, str]] = [
        (times.open_ms, "3"),
        (times.close_ms, "4"),
        (times.close_ms + AUCTION_END_SPREAD_MS, "8"),
        (times.closing_price_ms, "a"),
        (times.closing_price_end_ms, "b"),
        (times.single_price_ms, "c"),
        (times.single_price_end_ms, "d"),
        (times.end_ms, "9"),
    ]
    if times.nxt is not None:
        instants += [
            (times.nxt.pre_ms, "P"),
            (times.nxt.pre_end_ms, "Q"),
            (times.nxt.main_ms, "R"),
            (times.nxt.main_end_ms, "S"),
            (times.nxt.after_auction_ms, "T"),
            (times.nxt.after_ms, "U"),
            (times.nxt.after_end_ms, "V"),
        ]
    notices = [
        *_countdown(times.open_ms, "0", (20, 10, 5, 4, 3, 2, 1)),
        *_countdown(times.close_ms, "2", (10, 5, 4, 3, 2, 1)),
        *(
            PhaseNotice(of_day_ms=at, code=code, remaining="000000")
            for at, code in instants
            if at is not None
        ),
    ]
    return tuple(sorted(notices, key=lambda notice: notice.of_day_ms))
