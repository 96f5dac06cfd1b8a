"""Every command of the market is carried out, from its time on."""

from collections.abc import Callable

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.changes import change
from kiwoom_sim.engine.commands import (
    BreakCircuit,
    CrashPrice,
    GapOpening,
    HaltSymbol,
    InterruptSymbol,
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
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Quote, Venue

DAY = 20_535
START = moment(DAY, clock_ms(10))
CODE = "005930"
DONE = {
    HaltSymbol(symbol=CODE): lambda quote: quote.halted,
    PinPrice(symbol=CODE, price_won=190_000, for_ms=60_000): lambda quote: quote.last == 190_000,
    LockPrice(symbol=CODE, side="down", for_ms=0): lambda quote: quote.last == quote.lower_limit,
    CrashPrice(symbol=CODE, drop_bps=1_000, fall_ms=0, recovery_ms=600_000): (
        lambda quote: quote.low == quote.last
    ),
    MuteSymbol(symbol=CODE, for_ms=60_000): lambda quote: quote.time_ms <= START,
    InterruptSymbol(symbol=CODE, trigger="dynamic", side="up"): (
        lambda quote: quote.expected_price > 0
    ),
}
LATER: dict[MarketCommand, Callable[[Quote], bool]] = {
    SplitShares(symbol=CODE, new_shares=5, old_shares=1): lambda quote: quote.last < 100_000,
    GapOpening(symbol=CODE, side="up", change_bps=2_000): (
        lambda quote: quote.open > quote.base * 11 // 10
    ),
}


def test_an_evening_shows_elsewhere() -> None:
    bare, market = open_market(), open_market()
    begin = moment(DAY, clock_ms(15, 40))
    change(TradeEvening(symbol=CODE, side="down", change_bps=500, for_ms=600_000), market, begin)
    later = begin + 900_000
    assert market.quote(CODE, later, Venue.NXT).last < bare.quote(CODE, later, Venue.NXT).last
    assert market.quote(CODE, later) == bare.quote(CODE, later)


def open_market() -> Market:
    return Market(MarketConfig(symbols=(CODE,)), seed=1, start_day=DAY, start_ms=START)


@pytest.mark.parametrize("command", list(DONE), ids=lambda command: type(command).__name__)
def test_a_command_shows_right_after_its_time(command: MarketCommand) -> None:
    bare, market = open_market(), open_market()
    change(command, market, START)
    assert DONE[command](market.quote(CODE, START + 2))
    assert not DONE[command](bare.quote(CODE, START + 60_000))
    assert market.quote(CODE, START) == bare.quote(CODE, START)


@pytest.mark.parametrize("command", LATER, ids=lambda command: type(command).__name__)
def test_a_command_for_the_next_session_shows_there(command: MarketCommand) -> None:
    market = open_market()
    change(command, market, START)
    assert LATER[command](market.quote(CODE, moment(DAY + 1, clock_ms(9, 5))))


def test_commands_for_a_board_move_and_stop_its_members() -> None:
    market = open_market()
    shock = ShockIndex(board="KOSPI", side="up", change_bps=300, over_ms=0, recovery_ms=0)
    before = market.quote(CODE, START).last
    change(shock, market, START)
    change(RunSidecar(board="KOSPI", side="sell"), market, START + 90_000)
    assert market.quote(CODE, START + 61_000).last > before * 102 // 100
    change(BreakCircuit(board="KOSPI", stage=1), market, START + 120_000)
    assert market.quote(CODE, START + 300_000).halted


def test_a_resumption_ends_a_halt() -> None:
    market = open_market()
    change(HaltSymbol(symbol=CODE), market, START)
    change(ResumeSymbol(symbol=CODE), market, START + 60_000)
    assert not market.quote(CODE, START + 60_001).halted


def test_every_command_is_known() -> None:
    known = set(change.registry)
    assert set(MarketCommand.__args__) <= known
