"""Wire the rooms of a run together: scenario in, parts out."""

from fractions import Fraction
from functools import partial
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.accounts.holders import holder_name
from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.world import World
from kiwoom_sim.faults.base_latency import BaseLatency
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.stubs import Stubs
from kiwoom_sim.market.config import of_run
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.calendar import Calendar, load_calendar
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.store import Store
from kiwoom_sim.observe.journal import Journal
from kiwoom_sim.observe.masks import Masks
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.records import Begin
from kiwoom_sim.observe.trace import TraceWriter
from kiwoom_sim.protocol.brokerage import Brokerage
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.gateway import Gateway
from kiwoom_sim.protocol.ralph.rounds import Rounds
from kiwoom_sim.protocol.ralph.session import Lobby
from kiwoom_sim.protocol.realtime import Realtime
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.protocol.tokens import Clocks
from kiwoom_sim.runtime.delivery import Delivery
from kiwoom_sim.runtime.notices import Notices
from kiwoom_sim.runtime.requests import Requests
from kiwoom_sim.runtime.script import calendar_of, offerings_of, schedule
from kiwoom_sim.runtime.service import Service
from kiwoom_sim.runtime.sockets import Sockets
from kiwoom_sim.runtime.ticker import Ticker
from kiwoom_sim.scenario.hooks import hooks_of
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.secrets import keys_of_rules
from kiwoom_sim.scenario.settings import latencies_of, limits_in, wire_in
from kiwoom_sim.version import __version__


class Parts(Struct, frozen=True, kw_only=True):
    """Hold the rooms of one run."""

    store: Store
    world: World
    desk: Desk
    gateway: Gateway
    requests: Requests
    ticker: Ticker
    sockets: Sockets
    latency: BaseLatency
    service: Service
    faults: FaultEngine
    journal: Journal
    trace: TraceWriter
    masks: Masks
    metrics: Metrics


def assemble(scenario: Scenario, *, epoch_ms: int, directory: Path | None, run: str) -> Parts:
    """Build a run that stands at wire time 0.

    Args:
        scenario: What is run; its clock must have a start.
        epoch_ms: Korean wall time at which the run begins.
        directory: Where trace and journal go; None keeps nothing.
        run: Id of the run.
    """
    calendar = calendar_of(scenario, load_calendar())
    clock = clock_of(scenario.clock, calendar)
    start_ms = clock.at(0)
    market = _market_of(scenario, start_ms, calendar)
    world = World(market, clock)
    schedule(world.timeline, clock, scenario.events)
    faults = FaultEngine(phases=scenario.phases, rules=scenario.all_rules, seed=scenario.seed)
    begun = faults.phases.changes()
    changes = [(ms, wire_in(scenario, phase)) for ms, phase in begun]
    wire = changes[0][1] if changes else scenario.wire
    gateway = Gateway(
        wire,
        scenario.accounts,
        seed=scenario.seed,
        clocks=Clocks(epoch_ms=epoch_ms, market_at=clock.at),
        ralph=scenario.ralph,
        limits=limits_in(scenario, begun[0][1] if begun else None),
    )
    desk = _desk_of(scenario, world, wire)
    gateway.use(_brokerage_of(scenario, world, desk))
    metrics = Metrics()
    journal = Journal(directory and directory / "journal", scenario.journal.max_bytes)
    lobby = lobby_of(scenario, world) if scenario.ralph.enabled else None
    board = Switchboard(wire, gateway.tokens, lobby)
    rounds = rounds_of(scenario, world, lobby) if lobby is not None else None
    ticker = Ticker(world, Realtime(market, board.registry, wire.oddities), rounds)
    masks = _masks_of(scenario)
    begin = Begin(
        version=__version__, run=run, scenario=scenario.name, epoch_ms=epoch_ms, start_ms=start_ms
    )
    service = Service(journal, partial(gateway.reset, tokens=True))
    requests = Requests(
        gateway, world, faults=faults, journal=journal, masks=masks, metrics=metrics
    )
    delivery = Delivery(board, faults=faults, journal=journal, metrics=metrics, service=service)
    ticks = partial(Notices(world, desk, board, wire.oddities).among, ticker)
    sockets = Sockets(
        board, ticks, wires=changes, faults=faults, service=service, delivery=delivery
    )
    latency = BaseLatency(scenario.latency, scenario.seed)
    latency.plan(latencies_of(scenario, begun))
    sockets.use(latency)
    faults.hooks = hooks_of(scenario)
    faults.known_as = lambda app_key: f"key#{gateway.tokens.known(app_key)}"
    requests.use(_stubs_of(scenario, faults), latency)
    return Parts(
        store=market.store,
        world=world,
        desk=desk,
        gateway=gateway,
        requests=requests,
        ticker=ticker,
        sockets=sockets,
        service=service,
        latency=latency,
        faults=faults,
        journal=journal,
        trace=TraceWriter(directory, begin),
        masks=masks,
        metrics=metrics,
    )


def _masks_of(scenario: Scenario) -> Masks:
    accounts = [(account.appkey, account.secretkey) for account in scenario.accounts]
    return Masks(accounts, keys_of_rules(scenario))


def _desk_of(scenario: Scenario, world: World, wire: WireConfig) -> Desk:
    first_day = day_of(world.clock.at(0))
    return Desk(world.market, environment=wire.environment, seed=scenario.seed, first_day=first_day)


def _brokerage_of(scenario: Scenario, world: World, desk: Desk) -> Brokerage:
    return Brokerage(
        desk,
        scenario.accounts,
        store=world.market.store,
        market_at=world.clock.at,
        name_of=partial(holder_name, scenario.seed),
    )


def _market_of(scenario: Scenario, start_ms: int, calendar: Calendar) -> Market:
    return Market(
        of_run(scenario.market, offerings_of(scenario, calendar)),
        seed=scenario.seed,
        start_day=day_of(start_ms),
        start_ms=start_ms,
        store=Store(scenario.market.cache_bytes),
        calendar=calendar,
    )


def _stubs_of(scenario: Scenario, faults: FaultEngine) -> Stubs:
    stubs = Stubs(scenario.stubs, phases=faults.phases, seed=scenario.seed)
    stubs.use(faults.known_as)
    return stubs


def lobby_of(scenario: Scenario, world: World) -> Lobby:
    """Return what sessions of `/ws` share; tickers that the market does not list are left out."""
    universe = world.market.universe
    return Lobby(
        tickers=tuple(
            code for code in dict.fromkeys(scenario.ralph.tickers) if code in universe.by_code
        ),
        universe=universe,
        registry=Registry(),
        market_at=world.clock.at,
    )


def rounds_of(scenario: Scenario, world: World, lobby: Lobby) -> Rounds:
    """Return what `/ws` says by itself."""
    return Rounds(world, lobby.registry, scenario.ralph, tickers=lobby.tickers, seed=scenario.seed)


def clock_of(config: ClockConfig, calendar: Calendar) -> MarketClock:
    """Return the clock that a scenario describes."""
    assert config.start_ms is not None
    speed = Fraction(0 if config.mode == "stepped" else config.speed)
    if config.session == "exchange":
        return MarketClock(config.start_ms, speed=speed)

    def hours(day: int) -> tuple[int, int] | None:
        if not calendar.is_session(day):
            return None
        times = session_times(calendar, day)
        return times.open_ms, times.close_ms

    return MarketClock(config.start_ms, speed=speed, hours=hours, next_session=calendar.next)
