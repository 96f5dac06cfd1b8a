"""Describe the `ralph` dialect: what a scenario may choose about the contract of older mocks.

Fields ending in `_ms` are durations of wire time, those in `_bps` rates; a scenario file writes
them as `interval = "2s"` and `vcp = "10%"`.
"""

from typing import Annotated

from msgspec import Meta, Struct

Rate = Annotated[int, Meta(ge=0, le=10_000)]


class RalphConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose how the contract of the older mock servers is spoken beside the official one.

    Attributes:
        enabled: Whether it is spoken at all: at `/ws`, at `/api/dostk/ka*`, at the chart and
            stkinfo paths without an `api-id`, and for refresh tokens. False leaves the exact
            official wire.
        interval_ms: Time between two rounds of prices on `/ws`.
        tickers: Codes that a `/ws` client hears before it subscribes to its own.
        vcp_bps: Chance of a `vcp_signal` in each round.
        closing_bet_bps: Chance of a `closing_bet_signal` in each round.
    """

    enabled: bool = True
    interval_ms: Annotated[int, Meta(ge=1)] = 2_000
    tickers: tuple[str, ...] = ("005930", "000660", "035420", "051910", "006400")
    vcp_bps: Rate = 1_000
    closing_bet_bps: Rate = 1_000
