"""Check that each stretch of market time is fetched once, at the right wire time."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import HaltSymbol, StepClock
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.ralph.frames import PRICE
from kiwoom_sim.protocol.ralph.rounds import Rounds
from kiwoom_sim.protocol.ralph.session import EVERYBODY
from kiwoom_sim.protocol.realtime import Realtime
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.ticker import Ticker

DAY = 20_535
START = moment(DAY, clock_ms(9, 30))
MARKET = Market(MarketConfig(symbols=("005930",)), seed=1, start_day=DAY, start_ms=START)


def make(speed: Fraction = Fraction(1), market: Market = MARKET) -> tuple[World, Ticker]:
    world = World(market, MarketClock(START, speed=speed))
    registry, audience = Registry(), Registry()
    registry.add(1, "1", [("0B", "005930")])
    audience.add(2, "", [EVERYBODY, (PRICE, "005930")])
    config = RalphConfig(interval_ms=700, vcp_bps=0, closing_bet_bps=0)
    rounds = Rounds(world, audience, config, tickers=(), seed=1)
    return world, Ticker(world, Realtime(world.market, registry, "as-real"), rounds)


def of(connection: int, items: list[Outgoing]) -> list[Outgoing]:
    return [item for item in items if item.to == (connection,)]


@settings(max_examples=10)
@given(st.lists(st.integers(0, 20_000), max_size=5), st.sampled_from([1, 7]))
def test_fetching_in_parts_equals_fetching_at_once(stops: list[int], speed: int) -> None:
    _, parts = make(Fraction(speed))
    _, whole = make(Fraction(speed))
    taken = [item for stop in [*sorted(stops), 20_000] for item in parts(stop)]
    assert taken == whole(20_000)
    assert of(1, taken)
    assert [item.ms for item in of(2, taken)] == list(range(700, 20_001, 700))
    assert [item.ms for item in taken] == sorted(item.ms for item in taken)


def test_time_that_was_fetched_is_not_fetched_again() -> None:
    _, ticker = make()
    assert ticker(20_000)
    assert ticker(20_000) == []
    assert ticker(10_000) == []


def test_a_step_is_due_when_it_was_made() -> None:
    world, ticker = make(Fraction(0))
    assert of(1, ticker(1_000)) == []
    world.submit(StepClock(by_ms=20_000), 1_500)
    assert {item.ms for item in of(1, ticker(2_000))} == {1_500}


def test_rounds_go_on_while_the_market_stands_still() -> None:
    _, ticker = make(Fraction(0))
    ticker(0)
    assert [(item.ms, item.to, item.cause) for item in ticker(1_500)] == [
        (700, (2,), "tick"),
        (1_400, (2,), "tick"),
    ]


def test_a_change_of_the_market_is_followed() -> None:
    market = Market(MarketConfig(symbols=("005930",)), seed=1, start_day=DAY, start_ms=START)
    world, ticker = make(market=market)
    assert of(1, ticker(10_000))
    world.submit(HaltSymbol(symbol="005930"), 10_000)
    assert of(1, ticker(40_000)) == []


def test_what_comes_next_can_be_made_ahead() -> None:
    market = Market(MarketConfig(symbols=("005930",)), seed=1, start_day=DAY, start_ms=START)
    market.store.cooperative = True
    _, ticker = make(market=market)
    rounds = 0
    while (missing := ticker.ahead(0)) is not None:
        missing.build()
        rounds += 1
    assert rounds > 0
