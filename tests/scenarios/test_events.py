"""Every event of a shipped scenario happens, and its story is the one its comment tells."""

from collections.abc import Iterator

import pytest

from kiwoom_sim.core.clock import moment
from kiwoom_sim.engine.timeline import Due
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.config import MarketConfig, of_run
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.runtime.assembly import clock_of
from kiwoom_sim.runtime.script import offerings_of, schedule
from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.schema import Scenario

EVENTFUL = [found.name for found in shipped_scenarios() if load_scenario(found).events]
DAY_MS = 86_400_000
LISTED = ("005930", "000660", "247540", "086520")
"""Members of both boards, in every world."""


def codes_of(scenario: Scenario) -> Iterator[str]:
    for event in scenario.events:
        code = getattr(event.do, "code", "")
        if code:
            yield code


def played(name: str) -> tuple[World, list[tuple[Due, str]]]:
    """Return the world of a scenario after all its events, narrowed to their symbols."""
    scenario = load_scenario(name)
    clock = clock_of(scenario.clock, load_calendar())
    start_ms = clock.at(0)
    offerings = offerings_of(scenario, load_calendar())
    new = {offering.code for offering in offerings}
    codes = tuple(dict.fromkeys([*(c for c in codes_of(scenario) if c not in new), *LISTED]))
    market = Market(
        of_run(MarketConfig(symbols=codes), offerings),
        seed=scenario.seed,
        start_day=start_ms // DAY_MS,
        start_ms=start_ms,
    )
    world = World(market, clock)
    schedule(world.timeline, clock, scenario.events)
    return world, world.advance(10 * DAY_MS)


@pytest.mark.parametrize("name", EVENTFUL)
def test_no_event_is_refused(name: str) -> None:
    world, done = played(name)
    assert len(done) == len(load_scenario(name).events)
    assert [(due.name, refused) for due, refused in done if refused] == []
    assert len(world.timeline) == 0


def test_two_interruptions() -> None:
    world, done = played("vi_dynamic")
    for due, _ in done:
        code = due.command.symbol  # type: ignore[union-attr]
        quote = world.market.quote(code, due.market_ms + 60_000)
        assert quote.expected_price > 0
        assert world.market.quote(code, due.market_ms + 160_000).expected_price == 0


def test_a_halt_beside_a_share_that_nobody_trades() -> None:
    world, done = played("halt_resume")
    at_ms = done[0][0].market_ms
    market, during = world.market, at_ms + 60_000
    assert market.quote("000660", during).halted
    assert not market.quote("035420", during).halted
    assert len(market.trades("035420", at_ms + 10_000, at_ms + 70_000)) == 0
    assert not market.quote("000660", at_ms + 81_000).halted


def test_a_gap_and_two_locks() -> None:
    world, done = played("limit_up")
    market, (_, (up, _), (down, _)) = world.market, done
    opened = market.quote("011200", moment(up.market_ms // DAY_MS, 9 * 3_600_000 + 60_000))
    assert opened.open > opened.base * 104 // 100
    locked = market.quote("011200", up.market_ms + 240_000)
    assert (locked.last, locked.ask) == (locked.upper_limit, 0)
    floored = market.quote("035720", down.market_ms + 60_000)
    assert (floored.last, floored.bid) == (floored.lower_limit, 0)


def test_an_opening_as_its_expected_prices_foretell() -> None:
    world, done = played("open_auction")
    market, told = world.market, done[0][0].market_ms
    nine = moment(told // DAY_MS, 9 * 3_600_000)
    for code, low, high in (("005380", 1.04, 1.09), ("035720", 0.92, 0.97)):
        before, after = market.quote(code, nine - 500), market.quote(code, nine + 31_000)
        assert before.last == before.base
        assert before.expected_price == pytest.approx(after.open, rel=0.01)
        assert low < after.open / after.base < high
        assert len(market.trades(code, told, nine)) == 0


def test_a_new_share_trades_above_its_offering_price() -> None:
    world, done = played("new_listing")
    market, code = world.market, "0999Z0"
    at_ms = moment(done[0][0].market_ms // DAY_MS, 9 * 3_600_000 + 60_000)
    quote = market.quote(code, at_ms)
    assert (quote.lower_limit, quote.upper_limit) == (quote.base * 3 // 5, quote.base * 4)
    assert quote.open > 2 * quote.base
    assert len(market.days(code, at_ms, at_ms // DAY_MS, 100)) == 1


def test_a_share_is_liquidated_and_gone() -> None:
    world, done = played("delisting")
    market, code = world.market, "086520"
    told, days = done[0][0].market_ms, [done[0][0].market_ms // DAY_MS]
    while len(days) < 4:
        days.append(market.calendar.next(days[-1]))
    last, first, _, gone = (market.quote(code, moment(day, 57_600_000)) for day in days)
    assert first.open < last.last * 0.45
    assert market.listings.instrument(code, told) is not None
    assert market.listings.instrument(code, moment(gone.day)) is None


def test_a_whole_day_fits_into_a_minute() -> None:
    scenario = load_scenario("day_in_a_minute")
    clock = clock_of(scenario.clock, load_calendar())
    assert clock.at(60_000) - clock.at(0) == 7 * 3_600_000
    assert clock.at(0) % DAY_MS == (8 * 60 + 50) * 60_000


def test_a_board_stops_and_opens_again_while_the_other_goes_on() -> None:
    world, done = played("circuit_breaker")
    market, told = world.market, done[-1][0].market_ms
    minutes = [told + minute * 60_000 for minute in (3, 10, 25, 33)]
    kospi, before = market.indices.quote("001", minutes[0]), market.indices.quote("001", told)
    assert before.last < before.base * 97 // 100
    assert kospi.last < kospi.base * 92 // 100
    halted, still, waiting, on = (market.quote("005930", minute) for minute in minutes)
    assert halted.halted
    assert still.volume == halted.volume
    assert waiting.expected_price > 0
    assert on.volume > still.volume
    assert len(market.trades("247540", minutes[0], minutes[1])) > 0
