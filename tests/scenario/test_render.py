import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.burst import Burst
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.truncated_frame import TruncatedFrame
from kiwoom_sim.faults.match import Match, WsMatch
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.position import position_of
from kiwoom_sim.faults.rules import Rule, WsRule
from kiwoom_sim.faults.when import When, Window
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.protocol.policies import Limit, LimitMatch, Penalty, built_in
from kiwoom_sim.scenario.events import At, Event
from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario, parse_scenario
from kiwoom_sim.scenario.render import plain, render_scenario
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.symbol_events import Halt, Price, Split
from tests.scenario.test_loader import FULL

WORDS = st.text(min_size=1, max_size=6)
PATTERNS = st.lists(WORDS, max_size=2).map(tuple)
SYMBOLS = st.sampled_from([(), ("005930", "000660", "035420")])
KINDS = (
    st.builds(HttpError, status=st.integers(200, 599), text=st.text(max_size=9))
    | st.builds(Latency, delay_ms=st.integers(1, 10**6), at=st.sampled_from(["before", "after"]))
    | st.builds(Latency, range_ms=st.tuples(st.integers(0, 9), st.integers(10, 99)))
    | st.builds(Disconnect, code=st.sampled_from([0, 1000, 1011]))
)


def is_instead(kind: FaultKind) -> bool:
    """Tell kinds apart of which one rule has two at most: one for each place."""
    return position_of(kind) == "instead"


RULES = st.builds(
    Rule,
    id=WORDS,
    do=st.lists(KINDS, min_size=1, max_size=2, unique_by=is_instead).map(tuple),
    match=st.builds(Match, api=PATTERNS, body=st.dictionaries(WORDS, PATTERNS)),
    when=st.builds(
        When,
        nth=st.lists(st.integers(1, 9), max_size=2).map(tuple),
        first=st.none() | st.integers(1, 9),
        probability_bps=st.none() | st.integers(0, 10_000),
        between=st.none() | st.just(Window(5, 1_500, of_phase=True)),
    ),
    stack=st.booleans(),
)
WS_RULES = st.builds(
    WsRule,
    id=st.just("no rule of the other table has this name"),
    do=st.just((Gap(), TruncatedFrame(keep_bps=125))) | st.just((Burst(every_ms=250),)),
    match=st.builds(
        WsMatch, type_=PATTERNS, direction=st.none() | st.just("out"), connection=st.just((2, 5))
    ),
)
RATES = st.builds(Rate, st.integers(0, 99), st.integers(1, 10**6))
LIMITS = st.builds(
    Limit,
    id=WORDS,
    rate=RATES,
    scope=st.sampled_from([None, "appkey", "global"]),
    match=st.builds(LimitMatch, api=PATTERNS),
    penalty=st.none() | st.builds(Penalty, after=st.integers(1, 9), for_ms=st.integers(1, 9)),
    status=st.sampled_from([None, 200]),
)
AT = st.builds(At, st.sampled_from(["run", "start", "day", "moment"]), st.just(36_000_000))
EVENTS = st.builds(
    Event,
    at=AT,
    do=st.just(Halt(code="005930"))
    | st.builds(Price, code=st.just("000660"), price=st.integers(1, 99), for_market_ms=st.just(7))
    | st.just(Split(code="035420", ratio=(5, 1))),
)


@given(
    description=st.text(max_size=20),
    clock=st.builds(
        ClockConfig,
        start_ms=st.none() | st.integers(1_451_606_400_000, 1_861_574_400_000),  # 2016 to 2028
        mode=st.just("scaled"),
        speed=st.integers(1, 99),
    ),
    market=st.builds(MarketConfig, symbols=SYMBOLS, synthetic=st.integers(0, 9)),
    rules=st.lists(RULES, max_size=3, unique_by=lambda rule: rule.id).map(tuple),
    ws_rules=st.lists(WS_RULES, max_size=1).map(tuple),
    limits=st.lists(LIMITS, min_size=1, max_size=2, unique_by=lambda limit: limit.id).map(tuple),
    events=st.lists(EVENTS, max_size=2, unique_by=lambda event: event.do).map(tuple),
    lengths=st.lists(st.integers(1, 10**6), max_size=3),
)
def test_a_scenario_reads_back_as_it_was(
    lengths: list[int], limits: tuple[Limit, ...], **parts: object
) -> None:
    rate = f"limit.{limits[0].id}.rate"
    phases = tuple(
        Phase(
            id=f"p{i}",
            for_ms=ms,
            settings={"wire.ping_interval": 700, "wire.limits_enabled": False, rate: Rate(7, ms)},
        )
        for i, ms in enumerate(lengths)
    )
    scenario = Scenario(name="made", phases=phases, limits=limits, **parts)
    assert parse_scenario(render_scenario(scenario)) == scenario


@pytest.mark.parametrize("name", [found.name for found in shipped_scenarios()])
def test_shipped_scenarios_read_back(name: str) -> None:
    scenario = load_scenario(name)
    assert parse_scenario(render_scenario(scenario)) == scenario


def test_the_written_file_holds_the_defaults_too() -> None:
    table = tomllib.loads(render_scenario(parse_scenario(FULL)))
    assert table["wire"]["ping_interval"] == "10s"
    assert table["doors"]["rest"] == 5116


def test_the_written_file_holds_the_built_in_limit_of_its_environment() -> None:
    for environment in ("real", "demo"):
        text = f'schema = 1\nname = "s"\n[wire]\nenvironment = "{environment}"\n'
        scenario = parse_scenario(text)
        assert scenario.limits == (built_in(environment),)
        [limit] = tomllib.loads(render_scenario(scenario))["limit"]
        assert (limit["id"], limit["profile"]) == ("per_api", f"{environment}@2026-03")


def test_a_struct_becomes_the_table_that_a_file_would_hold() -> None:
    assert plain(Latency(delay_ms=1_500)) == {
        "kind": "latency", "delay": "1500ms", "jitter": "0ms", "at": "before",
    }  # fmt: skip
