"""Name what questions about the market as a whole rest on: its parts and its live answers.

Indices, investor flows and brokers are computed from day bars of the path (before the run) and
from what `Market` answers about symbols (during the run), so they cannot contradict either.
"""

from typing import Protocol

from msgspec import Struct

from kiwoom_sim.market.calendar import Calendar
from kiwoom_sim.market.daily import DailyPath
from kiwoom_sim.market.instruments import Universe
from kiwoom_sim.market.records import Candles
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


class LiveSymbols(Protocol):
    """Answer about symbols with the overlay of the run; `Market` does."""

    def day_candles(self, code: str, now: int, last_day: int, count: int) -> Candles:
        """Return the newest `count` unadjusted day candles up to `last_day` as seen at `now`."""

    def volume_at(self, code: str, now: int) -> int:
        """Return the shares traded on the exchange on the day of `now`, up to `now`."""

    def listed_shares(self, code: str, day: int) -> int:
        """Return the number of listed shares on a day."""
