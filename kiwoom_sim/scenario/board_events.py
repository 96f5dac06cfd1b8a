"""Describe the kinds of event that happen to a whole board, KOSPI or KOSDAQ.

Each struct's docstring is its entry in the reference page, its fields are the keys of a file.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import (
    Board,
    BreakCircuit,
    Command,
    RunSidecar,
    ShockIndex,
    Side,
)


class IndexShock(Struct, frozen=True, kw_only=True, tag="index_shock", tag_field="kind"):
    """Move an index through all its members, each by its beta, and the funds on it.

    It begins with the next whole minute of continuous trading and takes whole minutes.

    Attributes:
        market: `KOSPI` or `KOSDAQ`.
        by_bps: How far the index moves from where it stands; the limits of its members cut it.
        side: `up` or `down`.
        over_market_ms: How long it takes.
        recovery_market_ms: How long it takes to come back; "0s" = it stays.
    """

    by_bps: Annotated[int, Meta(ge=1, le=2_900)]
    market: Board = "KOSPI"
    side: Side = "down"
    over_market_ms: Annotated[int, Meta(ge=0)] = 60_000
    recovery_market_ms: Annotated[int, Meta(ge=0)] = 0

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return ShockIndex(
            board=self.market,
            side=self.side,
            change_bps=self.by_bps,
            over_ms=self.over_market_ms,
            recovery_ms=self.recovery_market_ms,
        )


class CircuitBreaker(Struct, frozen=True, kw_only=True, tag="circuit_breaker", tag_field="kind"):
    """Let an index fall below a stage of the circuit breaker, and stop its whole board.

    The fall begins with the next whole minute, takes one and lasts for another. Then nobody
    trades for 20 minutes, a call auction of 10 minutes and up to 30 s follows, and trading goes
    on; stage 3 ends the day. Once a day and stage; stages 1 and 2 not in the last 40 minutes.

    Attributes:
        stage: 1, 2 or 3: the index falls 8, 15 or 20 % below the previous close.
        market: `KOSPI` or `KOSDAQ`.
    """

    stage: Annotated[int, Meta(ge=1, le=3)] = 1
    market: Board = "KOSPI"

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return BreakCircuit(board=self.market, stage=self.stage)


class Sidecar(Struct, frozen=True, kw_only=True, tag="sidecar", tag_field="kind"):
    """Stop programme orders (사이드카) of one side for five minutes.

    Nothing that is served shows programme orders being stopped, so it is in the journal only.
    Once a day and board, not in the first 5 and the last 40 minutes.

    Attributes:
        side: `buy` or `sell`.
        market: `KOSPI` or `KOSDAQ`.
    """

    side: Literal["buy", "sell"] = "sell"
    market: Board = "KOSPI"

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return RunSidecar(board=self.market, side=self.side)
