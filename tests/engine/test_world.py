"""Check that commands change the market from their time on, and never before."""

from fractions import Fraction

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import (
    Command,
    HaltSymbol,
    PinPrice,
    ResumeSymbol,
    RunClock,
    SplitShares,
    StepClock,
)
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market

DAY = 20_535
START = moment(DAY, clock_ms(10))
CODE = "005930"


@pytest.fixture
def world() -> World:
    config = MarketConfig(symbols=(CODE,))
    market = Market(config, seed=1, start_day=DAY, start_ms=START)
    return World(market, MarketClock(START))


def price(world: World, wire_ms: int) -> int:
    views = world.views(wire_ms)
    return views.market.quote(CODE, views.now_ms).last


def test_views_are_of_their_time(world: World) -> None:
    assert world.views(5_000).now_ms == START + 5_000


def test_a_halt_stops_prints_until_the_resumption(world: World) -> None:
    assert world.submit(HaltSymbol(symbol=CODE), 10_000) == ""
    halted = world.views(20_000).market.quote(CODE, START + 20_000)
    assert halted.halted
    assert world.submit(ResumeSymbol(symbol=CODE), 60_000) == ""
    assert not world.market.quote(CODE, START + 61_000).halted
    assert world.revision == 2


def test_a_set_price_is_seen_and_the_past_stays(world: World) -> None:
    before = price(world, 5_000)
    wanted = world.market.quote(CODE, START).base // 1_000 * 1_000
    world.timeline.at_wire(10_000, "gap", PinPrice(symbol=CODE, price_won=wanted, for_ms=60_000))
    [(due, refused)] = world.advance(30_000)
    assert (due.name, refused) == ("gap", "")
    assert price(world, 30_000) == wanted
    assert price(world, 5_000) == before


def test_shares_are_split_at_the_next_session(world: World) -> None:
    shares = world.market.listed_shares(CODE, DAY)
    assert world.submit(SplitShares(symbol=CODE, new_shares=5, old_shares=1), 0) == ""
    assert world.market.listed_shares(CODE, DAY) == shares
    assert world.market.listed_shares(CODE, DAY + 1) == shares * 5


@pytest.mark.parametrize(
    "command",
    [
        HaltSymbol(symbol="999999"),
        ResumeSymbol(symbol=CODE),
        PinPrice(symbol=CODE, price_won=1, for_ms=1_000),
        SplitShares(symbol=CODE, new_shares=1, old_shares=1),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(world: World, command: Command) -> None:
    assert world.submit(command, 1_000) != ""
    assert world.revision == 0


def test_a_step_moves_time_and_brings_commands_due() -> None:
    market = Market(MarketConfig(symbols=(CODE,)), seed=1, start_day=DAY, start_ms=START)
    world = World(market, MarketClock(START, speed=Fraction(0)))
    world.timeline.at_elapsed(1_000, "halt", HaltSymbol(symbol=CODE))
    assert world.advance(500) == []
    assert world.submit(StepClock(by_ms=2_000), 600) == ""
    assert [due.market_ms for due, _ in world.advance(600)] == [START + 1_000]
    assert world.views(600).now_ms == START + 2_000


def test_a_command_comes_due_while_a_stepped_clock_runs() -> None:
    config = MarketConfig(symbols=(CODE,))
    market = Market(config, seed=1, start_day=DAY, start_ms=START)
    world = World(market, MarketClock(START, speed=Fraction(0)))
    world.timeline.at_elapsed(1_500, "halt", HaltSymbol(symbol=CODE))
    assert world.advance(60_000) == []
    assert world.submit(RunClock(for_ms=5_000), 60_000) == ""
    assert world.advance(61_499) == []
    [(due, refused)] = world.advance(61_500)
    assert (due.market_ms, refused) == (START + 1_500, "")
