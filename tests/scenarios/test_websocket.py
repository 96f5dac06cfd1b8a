"""Run the WebSocket scenarios end to end in stepped time, against a run in which nothing fails."""

from collections import Counter
from functools import cache

import msgspec
import pytest

from kiwoom_sim.observe.journal import FrameEntry
from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.scenarios.robot import Robot, read

STORIES = [found.name for found in shipped_scenarios() if load_scenario(found).group == "websocket"]
LENGTHS_MS = {"ws_pings": 180_000}
LENGTH_MS = 80_000
CALM_MS = 5_000
"""How long everything must have been well at the end."""


def story(name: str) -> Scenario:
    return load_scenario(name, overrides={"market.symbols": ["005930", "000660"]})


@cache
def told(name: str) -> Robot:
    return Robot(story(name)).run(LENGTHS_MS.get(name, LENGTH_MS))


@cache
def truth(seed: int, until_ms: int) -> Robot:
    """Return what a client hears of the same market when nothing fails."""
    whole = load_scenario(
        "normal_market", overrides={"market.symbols": ["005930", "000660"], "seed": seed}
    )
    return Robot(whole).run(until_ms)


def pushes(robot: Robot) -> list[bytes]:
    return [text for _, _, text in robot.heard if read(text).get("trnm") == "REAL"]


def test_there_are_such_stories() -> None:
    assert {"ws_silent", "ws_gap", "ws_flap"} <= set(STORIES)


@pytest.mark.parametrize("name", STORIES)
def test_every_rule_fires_and_a_patient_client_is_well_in_the_end(name: str) -> None:
    robot = told(name)
    assert robot.faults() == {rule.id for rule in story(name).all_rules}
    end_ms = LENGTHS_MS.get(name, LENGTH_MS)
    late = [text for ms, _, text in robot.heard if ms > end_ms - CALM_MS]
    assert Counter(read(text).get("trnm") for text in late)["REAL"] > 10
    assert all(ms <= end_ms - CALM_MS for ms, _ in robot.ends)


def test_what_a_gap_took_is_what_the_journal_says() -> None:
    entries: list[FrameEntry] = []
    robot = Robot(story("ws_gap"))
    robot.simulation.parts.journal.frame = entries.append  # type: ignore[method-assign] # listens in
    robot.run(LENGTH_MS)
    whole = truth(story("ws_gap").seed, LENGTH_MS)
    missed = Counter(pushes(whole)) - Counter(pushes(robot))
    dropped = [entry for entry in entries if entry.dropped]
    assert missed == Counter(entry.body for entry in dropped)
    assert missed.total() == robot.simulation.parts.metrics.faults.total() > 100
    assert len({entry.faults for entry in dropped}) == len(dropped)


def test_disorder_loses_nothing_and_doubles_only_what_was_told() -> None:
    robot = told("ws_disorder")
    whole = truth(story("ws_disorder").seed, LENGTH_MS)
    extra = Counter(pushes(robot)) - Counter(pushes(whole))
    assert not Counter(pushes(whole)) - Counter(pushes(robot))
    faults = robot.simulation.parts.metrics.faults
    assert extra.total() == faults["twice", "duplicate_frame"]
    assert pushes(robot) != pushes(whole)


def test_a_dead_subscription_hears_everything_but_its_trades() -> None:
    robot = told("ws_dead_subscription")
    assert {row["type"] for m in robot.messages() for row in m.get("data", ())} == {"0D"}
    assert [m["return_code"] for m in robot.messages() if m["trnm"] == "REG"] == [0]


def test_a_silent_connection_is_cured_by_a_new_one() -> None:
    robot = told("ws_silent")
    assert [code for _, code in robot.ends] == [-1]
    first = [ms for ms, connection, _ in robot.heard if connection == 1]
    assert max(first) < 20_000


def test_stale_prices_are_old_and_their_times_are_new() -> None:
    robot = told("ws_stale_prices")
    rows = [
        (ms, message["data"][0]["values"])
        for ms, _, text in robot.heard
        if (message := read(text)).get("trnm") == "REAL" and message["data"][0]["type"] == "0B"
        if message["data"][0]["item"] == "005930"
    ]
    frozen = [values for ms, values in rows if 15_000 <= ms < 60_000]
    assert len({values["13"] for values in frozen}) == 1
    assert len({values["20"] for values in frozen}) > 10
    assert len({values["13"] for ms, values in rows if ms >= 60_000}) > 1


def test_broken_frames_are_no_objects_and_as_many_as_were_counted() -> None:
    robot = told("ws_broken_frames")
    broken = [text for _, _, text in robot.heard if not read(text)]
    assert len(broken) == robot.simulation.parts.metrics.faults.total()
    assert all(text.decode() for text in broken)
    assert any(isinstance(msgspec.json.decode(t), list) for t in broken if t.startswith(b"["))


def test_flapping_ends_connections_in_three_ways() -> None:
    robot = told("ws_flap")
    ends = Counter(code for _, code in robot.ends)
    faults = robot.simulation.parts.metrics.faults
    refused = faults["refused", "handshake_refused"]
    assert ends == {
        0: faults["cut", "disconnect"] + refused,
        1000: faults["too-soon", "disconnect"],
    }
