"""Give queries what they may ask: the market at one instant.

Not for: changing anything. Every question is pure; a cold one may raise the store's `NotReady`.
"""

from msgspec import Struct

from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.market import Market


class Views(Struct, frozen=True):
    """Hold the market and the instant that questions refer to.

    Attributes:
        now_ms: Market time of the answer.
        statement: The caller's account, for questions about it.
    """

    market: Market
    now_ms: int
    statement: Statement | None = None

    def instrument(self, code: str) -> Instrument | None:
        """Return an instrument, None if it is unknown or not listed at that time."""
        return self.market.listings.instrument(code, self.now_ms)
