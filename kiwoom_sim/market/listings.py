"""Know which instruments are listed on a day: new listings (신규상장), delistings (상장폐지).

Theory of operation: a new listing is an instrument of the universe from the start of the run, and
shows from the morning of its first session. A delisting puts sessions of liquidation trading
(정리매매) into the overlay, and after them the instrument's end. Views ask here before they show
an instrument.

Known deviations: a share that is delisted stays in its indices, at its last price.

Source:
    KRX: 60 to 400 % of the offering price on the first day, since 2023-06-26; liquidation trading
    for seven sessions, without price limits, by call auctions every thirty minutes.

Methods that change something raise `ValueError` with the reason if it cannot be done.
"""

from kiwoom_sim.core.clock import day_of, format_day, moment, time_of_day
from kiwoom_sim.market.alterations import PPM, Debut, Farewell, Liquidation
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.market.rules.sessions import session_times

LIQUIDATION = "LIQUIDATION"
"""Flag of a share in liquidation trading."""

_PPM_PER_BPS = 100


class Listings:
    """Answer what is listed, and end listings."""

    def __init__(self, days: Days) -> None:
        """Bind a market; what its universe offers is listed on its day."""
        self._days = days
        self._overlay = days.overlay
        self._gone: dict[str, int] = {}
        self._leaving: dict[str, int] = {}
        for code, offering in days.universe.offerings.items():
            at_ms, opening = moment(offering.day), offering.opening_bps * _PPM_PER_BPS
            self._overlay.add(code, at_ms, Debut(at_ms, offering.price_won, opening))

    def is_listed(self, code: str, day: int) -> bool:
        """Say whether a known symbol is listed on a day."""
        offering = self._days.universe.offerings.get(code)
        begun = offering is None or day >= offering.day
        return begun and day < self._gone.get(code, day + 1)

    def instrument(self, code: str, now: int) -> Instrument | None:
        """Return an instrument, None if it is unknown or not listed at a time."""
        found = self._days.universe.by_code.get(code)
        return found if found is not None and self.is_listed(code, day_of(now)) else None

    def instruments(self, now: int) -> list[Instrument]:
        """Return what is listed at a time, in the order of the universe."""
        day = day_of(now)
        return [row for row in self._days.universe.instruments if self.is_listed(row.code, day)]

    def flags(self, instrument: Instrument, now: int) -> tuple[str, ...]:
        """Return the flags of an instrument at a time."""
        since = self._leaving.get(instrument.code)
        leaving = since is not None and since <= day_of(now)
        return (LIQUIDATION, *instrument.flags) if leaving else instrument.flags

    def confirm(self, code: str) -> None:
        """Check that a new listing was known from the start of the run."""
        if code not in self._days.universe.offerings:
            raise ValueError(f"{code} was not announced: a listing has to be in the scenario")

    def delist(self, code: str, at_ms: int, sessions: int, drop_bps: int) -> None:
        """End the listing of a share after some sessions of liquidation trading.

        Args:
            code: Symbol.
            at_ms: When it is decided; the next session is the first of them.
            sessions: How many; with 0 it is gone at once.
            drop_bps: How far the price falls at the first opening.
        """
        instrument = self._days.universe.by_code.get(code)
        if instrument is None:
            raise ValueError(f'unknown symbol "{code}"')
        if not instrument.is_stock:
            raise ValueError(f"{code} is no share: liquidation trading is for shares")
        if code in self._gone:
            raise ValueError(f"{code} is already to be delisted on {format_day(self._gone[code])}")
        calendar = self._days.calendar
        day = first = calendar.next(day_of(at_ms))
        events: list[Liquidation | Farewell] = []
        for number in range(sessions):
            drop = 0 if number else drop_bps
            events.append(Liquidation(moment(day), PPM - drop * _PPM_PER_BPS))
            day = calendar.next(day)
        self._overlay.add(code, at_ms, *events, Farewell(moment(day)))
        self._gone[code] = day
        if sessions:
            self._leaving[code] = first


def next_opening(calendar: Calendar, at_ms: int) -> int:
    """Return the first session that opens after a time."""
    day = day_of(at_ms)
    if calendar.is_session(day) and time_of_day(at_ms) < session_times(calendar, day).open_ms:
        return day
    return calendar.next(day)
