"""Check that what was asked for can be said again as a command line."""

from pathlib import Path

import pytest

from kiwoom_sim.cli.start import Start, duration_ms
from kiwoom_sim.errors import ScenarioError


def test_every_flag_is_in_the_words() -> None:
    asked = Start(
        scenario="normal_market", host="::1", rest_port=0, ws_port=1, control_port=2, tls_port=3,
        seed=4, start="2026-03-23T09:00:00", speed=5, for_="6s", assignments=("a=1", "b=2"),
        no_limits=True, runs=Path("there"),
    )  # fmt: skip
    assert asked.words() == [
        "normal_market", "--host=::1", "--rest-port=0", "--ws-port=1", "--control-port=2",
        "--tls-port=3", "--seed=4", "--start=2026-03-23T09:00:00", "--speed=5", "--for=6s",
        "--runs=there", "--set=a=1", "--set=b=2", "--no-limits",
    ]  # fmt: skip
    assert asked.for_ms() == 6_000


def test_what_was_not_said_is_not_in_the_words() -> None:
    asked = Start(scenario="normal_market")
    assert asked.words() == ["normal_market"]
    assert asked.for_ms() is None
    assert asked.load().name == "normal_market"


def test_flags_change_the_scenario() -> None:
    loaded = Start(
        scenario="normal_market", seed=9, speed=2, assignments=("wire.environment=demo",)
    ).load()
    assert (loaded.seed, loaded.clock.speed, loaded.wire.environment) == (9, 2, "demo")


@pytest.mark.parametrize("asked", [Start(scenario=""), Start(scenario="normal_market", for_="x")])
def test_what_cannot_be_understood_is_told(asked: Start) -> None:
    with pytest.raises(ScenarioError):
        asked.load()


def test_a_wrong_duration_names_its_option() -> None:
    with pytest.raises(ScenarioError, match='--wait: "soon"'):
        duration_ms("--wait", "soon")
