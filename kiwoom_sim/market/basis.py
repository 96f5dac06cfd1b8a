"""Name what questions about the market as a whole rest on: its parts and its live answers.

Indices, investor flows and brokers are computed from day bars of the path (before the run) and
from what `Market` answers about symbols (during the run), so they cannot contradict either.
"""

from typing import Protocol

from msgspec import Struct

from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Candles, Ints
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.market.store import Store


class Basis(Struct, frozen=True, kw_only=True):
    """Hold the parts of one market.

    Attributes:
        daily: Day bars of the path, without overlay.
        start_day: First day of the run; the overlay changes nothing before it.
    """

    universe: Universe
    calendar: Calendar
    daily: DailyPath
    store: Store
    start_day: int


class DayColumns(Struct, frozen=True, kw_only=True):
    """Hold what all symbols start a session from, one entry per symbol of the universe."""

    base: Ints
    lower: Ints
    upper: Ints
    shares: Ints


class LiveSymbols(Protocol):
    """Answer about symbols with the overlay of the run; `Market` does."""

    def day_candles(self, code: str, now: int, last_day: int, count: int) -> Candles:
        """Return the newest `count` unadjusted day candles up to `last_day` as seen at `now`."""

    def volume_at(self, code: str, now: int) -> int:
        """Return the shares traded on the exchange on the day of `now`, up to `now`."""

    def listed_shares(self, code: str, day: int) -> int:
        """Return the number of listed shares on a day."""

    def stamp(self, code: str, day: int) -> int:
        """Return a number that changes whenever an event changes a symbol's days up to `day`."""


class LiveUniverse(Protocol):
    """Answer about all symbols at once, with the overlay; rows are those of the universe.

    Slots of a day are the minutes of continuous trading, the first of which holds the opening
    print as well, and last the minute of the closing print. A slot or second without a trade is
    flat at the price before it.
    """

    def day_columns(self, day: int) -> DayColumns:
        """Return what a session starts from."""

    def slot_bars(self, day: int) -> Bars:
        """Return the slots of a session, shape (universe, slots)."""

    def second_bars(self, day: int, slot: int) -> Bars:
        """Return the 60 seconds of a slot, shape (universe, 60)."""

    def last_prices(self, day: int, slot: int, position: Ints) -> Ints:
        """Return the closes of `second_bars` of some symbols, in a slot without an auction."""
