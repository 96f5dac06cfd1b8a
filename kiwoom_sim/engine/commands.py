"""Name everything that may be asked of a world: the only way to change it.

The script of a scenario, the control door and tests all speak these.
"""

from typing import Annotated

from msgspec import Meta, Struct

Positive = Annotated[int, Meta(ge=1)]


class HaltSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Halt trading (거래정지) in a symbol."""

    symbol: str


class ResumeSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Resume trading in a symbol and end a price that was set for it."""

    symbol: str


class PinPrice(Struct, frozen=True, kw_only=True, tag=True):
    """Hold the price of a symbol for some market time; then the market moves on from there."""

    symbol: str
    price_won: Positive
    for_ms: Positive


class SplitShares(Struct, frozen=True, kw_only=True, tag=True):
    """Split the shares (액면분할) of a symbol at the next opening: new shares for old."""

    symbol: str
    new_shares: Positive
    old_shares: Positive


class StepClock(Struct, frozen=True, kw_only=True, tag=True):
    """Move market time on, besides the speed of the clock."""

    by_ms: Positive


class RunClock(Struct, frozen=True, kw_only=True, tag=True):
    """Let a clock that stands still run for so much wire time, from now on."""

    for_ms: Positive
    speed: Positive = 1


MarketCommand = HaltSymbol | ResumeSymbol | PinPrice | SplitShares
ClockCommand = StepClock | RunClock
Command = MarketCommand | ClockCommand
