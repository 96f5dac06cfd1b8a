"""Do to a market what a command asks for.

Every function raises `ValueError` with the reason if it cannot be done.
"""

from functools import singledispatch

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.commands import (
    BreakCircuit,
    ChangeHours,
    CrashPrice,
    DelistShares,
    GapOpening,
    HaltSymbol,
    InterruptSymbol,
    ListShares,
    LockPrice,
    MarketCommand,
    MuteSymbol,
    PinPrice,
    ResumeSymbol,
    RunSidecar,
    ShockIndex,
    SplitShares,
    TradeEvening,
)
from kiwoom_sim.market.market import Market


@singledispatch
def change(command: MarketCommand, market: Market, at_ms: int) -> None:
    """Apply a command from a market time on.

    Raises:
        ValueError: It cannot be done.
    """
    raise AssertionError(f"nothing does {command!r} to {market!r} at {at_ms}")


@change.register
def _(command: HaltSymbol, market: Market, at_ms: int) -> None:
    market.overlay.halt(command.symbol, at_ms)


@change.register
def _(command: ResumeSymbol, market: Market, at_ms: int) -> None:
    market.overlay.resume(command.symbol, at_ms)


@change.register
def _(command: PinPrice, market: Market, at_ms: int) -> None:
    market.overlay.pin(command.symbol, at_ms, command.price_won, command.for_ms)


@change.register
def _(command: SplitShares, market: Market, at_ms: int) -> None:
    day = market.calendar.next(day_of(at_ms))
    market.overlay.split(command.symbol, day, command.new_shares, command.old_shares)


@change.register
def _(command: GapOpening, market: Market, at_ms: int) -> None:
    sign = 1 if command.side == "up" else -1
    market.incidents.gap_open(command.symbol, at_ms, sign * command.change_bps)


@change.register
def _(command: LockPrice, market: Market, at_ms: int) -> None:
    is_up = command.side == "up"
    market.incidents.limit_lock(command.symbol, at_ms, up=is_up, for_ms=command.for_ms)


@change.register
def _(command: CrashPrice, market: Market, at_ms: int) -> None:
    market.incidents.flash_crash(
        command.symbol, at_ms, command.drop_bps, command.fall_ms, command.recovery_ms
    )


@change.register
def _(command: MuteSymbol, market: Market, at_ms: int) -> None:
    market.incidents.no_trade(command.symbol, at_ms, command.for_ms)


@change.register
def _(command: TradeEvening, market: Market, at_ms: int) -> None:
    sign = 1 if command.side == "up" else -1
    market.incidents.after_market(command.symbol, at_ms, sign * command.change_bps, command.for_ms)


@change.register
def _(command: InterruptSymbol, market: Market, at_ms: int) -> None:
    is_up = command.side == "up"
    market.incidents.interrupt(command.symbol, at_ms, command.trigger, up=is_up)


@change.register
def _(command: ShockIndex, market: Market, at_ms: int) -> None:
    sign = 1 if command.side == "up" else -1
    market.panics.index_shock(
        command.board, at_ms, sign * command.change_bps, command.over_ms, command.recovery_ms
    )


@change.register
def _(command: BreakCircuit, market: Market, at_ms: int) -> None:
    market.panics.circuit_breaker(command.board, at_ms, command.stage)


@change.register
def _(command: RunSidecar, market: Market, at_ms: int) -> None:
    market.panics.sidecar(command.board, at_ms)


@change.register
def _(command: ChangeHours, market: Market, at_ms: int) -> None:
    market.hours.change(at_ms, command.hours)


@change.register
def _(command: ListShares, market: Market, at_ms: int) -> None:  # noqa: ARG001 - known before
    market.listings.confirm(command.symbol)


@change.register
def _(command: DelistShares, market: Market, at_ms: int) -> None:
    market.listings.delist(command.symbol, at_ms, command.sessions, command.drop_bps)
