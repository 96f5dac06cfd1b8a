"""Check that a scenario becomes a run that stands at its start."""

import pytest

from kiwoom_sim.core.clock import clock_ms, day_of, moment, time_of_day
from kiwoom_sim.engine.config import ANCHOR_START_MS, ClockConfig
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.assembly import assemble, clock_of, lobby_of
from kiwoom_sim.scenario.loader import parse_scenario

CALENDAR = load_calendar()


def test_a_real_clock_lives_every_hour() -> None:
    clock = clock_of(ClockConfig(), CALENDAR)
    assert clock.at(86_400_000) == ANCHOR_START_MS + 86_400_000


def test_an_open_market_knows_the_hours_of_its_calendar() -> None:
    clock = clock_of(ClockConfig(session="always-open", mode="scaled", speed=1_000), CALENDAR)
    days = {day_of(clock.at(ms)) for ms in range(0, 200_000, 1_000)}
    assert len(days) > 5
    assert all(CALENDAR.is_session(day) for day in days)


def test_a_stepped_clock_stands_still() -> None:
    clock = clock_of(ClockConfig(mode="stepped"), CALENDAR)
    assert clock.at(1_000_000) == ANCHOR_START_MS


def test_a_start_at_night_begins_at_the_next_opening() -> None:
    start_ms = moment(day_of(ANCHOR_START_MS) - 1, clock_ms(22))
    clock = clock_of(ClockConfig(start_ms=start_ms, session="always-open"), CALENDAR)
    assert time_of_day(clock.at(0)) == clock_ms(9)


@pytest.mark.parametrize("setting", ["1", "2"])
def test_the_first_phase_holds_from_the_start(setting: str) -> None:
    text = f"""
schema = 1
[[phase]]
id = "first"
set = {{ "wire.ping_misses" = {setting}, "limit.per_api.rate" = "{setting}/1s" }}
"""
    parts = assemble(parse_scenario(text), epoch_ms=0, directory=None, run="")
    assert parts.gateway._config.ping_misses == int(setting)
    assert parts.gateway._limits.flow("ka10081", "/api/dostk/chart") == setting


def test_the_cache_of_the_market_is_as_big_as_the_scenario_says() -> None:
    scenario = parse_scenario('schema = 1\n[market]\ncache = "1MB"\n')
    store = assemble(scenario, epoch_ms=0, directory=None, run="").store
    for key in range(30):
        store.get(key, lambda: b"x" * 100_000)
    assert 900_000 < store.held_bytes <= 1_000_000


@pytest.mark.parametrize(
    ("table", "tickers"),
    [
        ("", ["000660", "005930"]),
        ('tickers = ["000660", "035420", "000660"]', ["000660"]),
        ("tickers = []", []),
        ("enabled = false", None),
    ],
)
def test_ws_tells_the_configured_tickers_that_are_listed(
    table: str, tickers: list[str] | None
) -> None:
    text = f'schema = 1\n[market]\nsymbols = ["000660", "005930"]\n[ralph]\n{table}\n'
    scenario = parse_scenario(text)
    parts = assemble(scenario, epoch_ms=0, directory=None, run="")
    lobby = lobby_of(scenario, parts.world)
    if tickers is not None:
        assert sorted(lobby.tickers) == tickers
    parts.sockets.open(Record(ms=0, seq=1, conn=1, kind="open", door="ws", path="/ws"))
    assert len(parts.sockets.take()) == (tickers is not None)
