"""Check that rounds are the run's: in time, in order, the same for whoever listens."""

import json
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import PinPrice, StepClock
from kiwoom_sim.engine.views import Views
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.store import NotReady, Store
from kiwoom_sim.protocol.ralph import rounds
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.ralph.frames import PRICE
from kiwoom_sim.protocol.ralph.rounds import Broadcast, Rounds
from kiwoom_sim.protocol.ralph.session import EVERYBODY
from kiwoom_sim.protocol.ralph.signals import VcpSignal, vcp_signal
from kiwoom_sim.protocol.registry import Registry
from tests.protocol.worlds import SYMBOLS, TODAY, day

START = moment(day(TODAY), clock_ms(9, 30))
TICKERS = ("005930", "000660")
LISTENED = ("000660", "035420", "005930", "015760")


def new_market(store: Store | None = None) -> Market:
    config = MarketConfig(symbols=SYMBOLS)
    return Market(config, seed=11, start_day=day(TODAY), start_ms=START, store=store)


@cache
def shared_market() -> Market:
    return new_market()


class Run:
    """Hold the rounds of one run, every 2 s at ten times the speed."""

    def __init__(
        self, market: Market | None = None, *, speed: int = 10, seed: int = 1, **config: Any
    ) -> None:
        clock = MarketClock(START, speed=Fraction(speed))
        self.world = World(market or shared_market(), clock)
        self.registry = Registry()
        self.rounds = Rounds(
            self.world, self.registry, RalphConfig(**config), tickers=TICKERS, seed=seed
        )

    def join(self, connection: int, *tickers: str) -> None:
        pairs = [EVERYBODY, *((PRICE, ticker) for ticker in tickers)]
        self.registry.add(connection, "", pairs)


def names(told: list[Broadcast]) -> list[tuple[int, str, str]]:
    messages = [(item.wire_ms, json.loads(item.body)) for item in told]
    return [(ms, message["type"], message["data"]["ticker"]) for ms, message in messages]


def test_a_round_has_every_ticker_once_the_configured_ones_first() -> None:
    run = Run(vcp_bps=0, closing_bet_bps=0)
    run.join(7, "015760", "000660", "005930")
    run.join(3, "035420", "000660")
    told = run.rounds.due(0, 4_000)
    order = ["005930", "000660", "015760", "035420"]
    assert names(told) == [(ms, PRICE, code) for ms in (2_000, 4_000) for code in order]
    assert [item.listeners for item in told[:4]] == [(7,), (7, 3), (7,), (3,)]


def test_prices_are_those_of_the_market_at_the_round() -> None:
    run = Run()
    run.join(1, "005930")
    message = json.loads(run.rounds.due(0, 2_000)[0].body)
    quote = shared_market().quote("005930", START + 20_000)
    assert message["timestamp"] == "2026-03-24T09:30:20.000+09:00"
    assert message["data"]["price"] == quote.last
    assert message["data"]["volume"] == quote.volume


def test_nothing_is_asked_while_nobody_listens() -> None:
    run = Run()
    run.world = None  # type: ignore[assignment] # whoever asks it something fails
    run.rounds._world = None  # type: ignore[assignment] # as above
    assert run.rounds.due(0, 1_000_000) == []
    assert run.rounds.ahead(0) is None


def test_whoever_left_all_tickers_hears_no_prices() -> None:
    run = Run(vcp_bps=0, closing_bet_bps=0)
    run.join(1)
    assert run.rounds.due(0, 10_000) == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 6_000), max_size=6),
    st.sampled_from([190, 999, 2_000]),
    st.sampled_from([0, 1, 60]),
)
def test_rounds_in_parts_are_rounds_at_once(stops: list[int], interval: int, speed: int) -> None:
    def run(*times: int) -> list[Broadcast]:
        made = Run(speed=speed, interval_ms=interval, vcp_bps=5_000, closing_bet_bps=5_000)
        made.join(1, "005930")
        made.join(2, "000660")
        pieces = zip((0, *times), times, strict=False)
        return [item for after, until in pieces for item in made.rounds.due(after, until)]

    whole = run(6_000)
    assert run(*sorted(stops), 6_000) == whole
    assert {item.wire_ms for item in whole} == set(range(interval, 6_001, interval))


SIGNALS = ("vcp_signal", "closing_bet_signal")


def test_signals_follow_the_prices_and_reach_everybody() -> None:
    run = Run(vcp_bps=10_000, closing_bet_bps=10_000)
    run.join(1, "005930")
    run.join(2)
    told = run.rounds.due(0, 2_000)
    assert [kind for _, kind, _ in names(told)] == [PRICE, *SIGNALS]
    assert [item.listeners for item in told] == [(1,), (1, 2), (1, 2)]
    for item in told[1:]:
        message = json.loads(item.body)
        assert list(message) == ["type", "data", "timestamp"]
        assert next(iter(message["data"])) == "ticker"
        assert list(message["data"])[-1] == "detected_at"
        assert message["data"]["detected_at"] == message["timestamp"]
        assert message["data"]["ticker"] in TICKERS


def drawn(seed: int = 1, *heard: str, after: int = 0, **chances: int) -> list[tuple[int, str, str]]:
    run = Run(speed=0, seed=seed, interval_ms=1, **chances)
    run.join(1, *heard)
    return [found for found in names(run.rounds.due(after, 2_000)) if found[1] != PRICE]


def test_the_chance_is_that_of_each_round() -> None:
    found = drawn(vcp_bps=1_000, closing_bet_bps=5_000)
    for kind, expected in zip(SIGNALS, (200, 1_000), strict=True):
        mine = [code for _, name, code in found if name == kind]
        assert expected * 0.8 < len(mine) < expected * 1.2
        assert all(mine.count(code) > expected * 0.3 for code in TICKERS)


def test_draws_depend_on_seed_kind_and_round_alone() -> None:
    chances = {"vcp_bps": 1_000, "closing_bet_bps": 1_000}
    found = drawn(**chances)
    assert drawn(1, "005930", "035420", **chances) == found
    late = [each for each in found if each[0] > 1_000]
    assert drawn(after=1_000, **chances) == late
    assert drawn(vcp_bps=1_000, closing_bet_bps=0) == [f for f in found if f[1] == SIGNALS[0]]
    assert drawn(2, **chances) != found
    rounds_of = [{ms for ms, name, _ in found if name == kind} for kind in SIGNALS]
    assert rounds_of[0] != rounds_of[1]


def test_a_market_without_the_configured_tickers_has_no_signals() -> None:
    run = Run(vcp_bps=10_000, closing_bet_bps=10_000)
    run.rounds = Rounds(run.world, run.registry, RalphConfig(vcp_bps=10_000), tickers=(), seed=1)
    run.join(1, "005930")
    assert [kind for _, kind, _ in names(run.rounds.due(0, 2_000))] == [PRICE]


def test_a_clock_that_stands_still_goes_on_telling() -> None:
    run = Run(speed=0, vcp_bps=0, closing_bet_bps=0)
    run.join(1, "005930")
    first, second = run.rounds.due(0, 4_000)
    assert first.body == second.body
    run.world.submit(StepClock(by_ms=60_000), 5_000)
    assert run.rounds.due(4_000, 6_000)[0].body != first.body


def test_a_change_of_the_market_is_told() -> None:
    run = Run(new_market(), vcp_bps=0, closing_bet_bps=0)
    run.join(1, "005930")
    assert run.rounds.ahead(0) is None
    run.world.submit(PinPrice(symbol="005930", price_won=190_000, for_ms=600_000), 1_000)
    assert json.loads(run.rounds.due(0, 2_000)[0].body)["data"]["price"] == 190_000


def test_a_market_that_has_to_be_built_takes_nothing() -> None:
    market = new_market()
    market.store.cooperative = True
    cold = Run(market, vcp_bps=10_000, closing_bet_bps=10_000)
    warm = Run(vcp_bps=10_000, closing_bet_bps=10_000)
    for run in (cold, warm):
        run.join(1, *LISTENED)
    waits = 0
    told = None
    while told is None:
        try:
            told = cold.rounds.due(0, 6_000)
        except NotReady as missing:
            missing.build()
            waits += 1
    assert waits > 0
    assert told == warm.rounds.due(0, 6_000)


def test_what_was_built_ahead_does_not_have_to_wait() -> None:
    market = new_market()
    market.store.cooperative = True
    run = Run(market, vcp_bps=10_000, closing_bet_bps=10_000)
    run.join(1, *SYMBOLS[:10])
    waits = 0
    while (missing := run.rounds.ahead(100)) is not None:
        missing.build()
        waits += 1
    assert waits > 0
    assert run.rounds.ahead(1_900) is None
    assert run.rounds.due(0, 2_000)


def test_asking_again_makes_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(vcp_bps=10_000, closing_bet_bps=10_000)
    run.join(1, "005930")
    told = run.rounds.due(0, 2_000)

    def refuse(*_: object) -> None:
        raise AssertionError("made twice")

    monkeypatch.setitem(rounds._MAKERS, PRICE, refuse)
    monkeypatch.setitem(rounds._MAKERS, "vcp_signal", refuse)
    assert run.rounds.due(0, 2_000) == told


def test_old_messages_are_not_kept() -> None:
    run = Run(vcp_bps=10_000, closing_bet_bps=10_000)
    run.join(1, "005930")
    for ms in range(0, 200_000, 2_000):
        assert run.rounds.due(ms, ms + 2_000)
    assert len(run.rounds._made) <= 6


def test_signals_are_computed_aside_before_they_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = new_market()
    market.store.cooperative = True
    run = Run(market, vcp_bps=10_000, closing_bet_bps=10_000)
    run.join(1)
    inline: list[bool] = []

    def spied(views: Views, code: str) -> VcpSignal:
        inline.append(not views.market.store.must_yield)
        return vcp_signal(views, code)

    monkeypatch.setattr(rounds, "vcp_signal", spied)
    while (missing := run.rounds.ahead(0)) is not None:
        missing.build()
    assert inline == [True, False]
    assert [kind for _, kind, _ in names(run.rounds.due(0, 2_000))] == list(SIGNALS)
    assert inline == [True, False]


def test_a_big_round_is_made_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_BATCH", 3)
    market = new_market()
    run = Run(market, vcp_bps=0, closing_bet_bps=0)
    run.join(1, *SYMBOLS)
    market.store.run_inline(lambda: market.prefetch(list(SYMBOLS), START, START + 60_000))
    market.store.cooperative = True
    steps = 0
    told = None
    while told is None:
        try:
            told = run.rounds.due(0, 2_000)
        except NotReady as missing:
            missing.build()
            steps += missing.key[0] == "ralph round"  # type: ignore[index] # a tuple
    assert steps == (len(SYMBOLS) - 1) // 3
    assert len(told) == len(SYMBOLS)
