"""Describe the kinds of event that begin or end the listing of an instrument.

Each struct's docstring is its entry in the reference page, its fields are the keys of a file.
"""

from typing import Annotated

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import Board, Command, DelistShares, ListShares
from kiwoom_sim.scenario.symbol_events import Code

_USUAL_OPENING_BPS = 16_000


class Listing(Struct, frozen=True, kw_only=True, tag="listing", tag_field="kind"):
    """List a share that did not exist before (신규상장), at the next opening after `at`.

    It is known from the start of the run and shows from the morning of its first session: in
    lists, quotes, charts and on the WebSocket. That day its price may go from 60 to 400 % of the
    offering price, and there is no volatility interruption; it has no earlier history.

    Attributes:
        code: Code of its own, that no listed instrument has.
        name: Name in lists.
        price: Offering price in won (공모가), the base price of the first day.
        shares: Number of listed shares.
        market: `KOSPI` or `KOSDAQ`.
        open: Price in won at which it opens, about; 0 = 60 % above the offering price. The limits
            of the day cut it.
    """

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    price: Annotated[int, Meta(ge=100, le=10_000_000)]
    shares: Annotated[int, Meta(ge=10_000, le=10_000_000_000)] = 10_000_000
    market: Board = "KOSDAQ"
    open: Annotated[int, Meta(ge=0, le=40_000_000)] = 0

    def command(self) -> ListShares:
        """Return what the world is asked to do."""
        return ListShares(
            symbol=self.code,
            name=self.name,
            board=self.market,
            price_won=self.price,
            shares=self.shares,
            opening_bps=max(self.open * 10_000 // self.price, 1)
            if self.open
            else _USUAL_OPENING_BPS,
        )


class Delisting(Struct, frozen=True, kw_only=True, tag="delisting", tag_field="kind"):
    """End the listing of a share (상장폐지), after sessions of liquidation trading (정리매매).

    They begin with the next session: no price limits, no volatility interruptions, and a call
    auction every 30 minutes instead of continuous trading. Then the share is gone: lists, quotes
    and charts do not know it, registrations stay silent.

    Attributes:
        code: Share.
        sessions: How many sessions of liquidation trading; 0 = none.
        by_bps: How far the price falls at the first of their openings.
    """

    code: Code
    sessions: Annotated[int, Meta(ge=0, le=30)] = 7
    by_bps: Annotated[int, Meta(ge=0, le=9_900)] = 6_000

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return DelistShares(symbol=self.code, sessions=self.sessions, drop_bps=self.by_bps)
