"""Check which scenario and which values win."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiwoom_sim.testing.choice import choose, located, read_marker

Config = Callable[..., Any]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    def make(**flags: object) -> SimpleNamespace:
        return SimpleNamespace(
            getoption=lambda name: flags.get(name.removeprefix("--kiwoom-")),
            getini=lambda _: "outage_503",
            rootpath=tmp_path,
            invocation_params=SimpleNamespace(dir=tmp_path / "here"),
        )

    return make


def marker(*args: object, **kwargs: object) -> pytest.Mark:
    return pytest.mark.kiwoom_scenario(*args, **kwargs).mark


def test_the_setting_holds_where_nothing_else_is_said(config: Config) -> None:
    choice = choose(config(), [], None)
    assert (choice.scenario, dict(choice.overrides), choice.runs) == ("outage_503", {}, None)


def test_the_command_line_beats_the_setting(config: Config, tmp_path: Path) -> None:
    choice = choose(config(scenario="rate_limit", seed=0, runs=Path("kept")), [], None)
    assert (choice.scenario, choice.overrides) == ("rate_limit", {"seed": 0})
    assert choice.runs == tmp_path / "here" / "kept"
    assert choice.flags == ("--kiwoom-scenario", "rate_limit")


def test_markers_beat_the_scenario_but_not_the_seed_of_the_command_line(config: Config) -> None:
    choice = choose(config(scenario="rate_limit", seed=9), [marker("normal_market", seed=7)], None)
    assert (choice.scenario, choice.overrides) == ("normal_market", {"seed": 9})
    assert choice.flags == ()


def test_the_closest_marker_wins_key_by_key(config: Config) -> None:
    markers = [
        marker(seed=3),
        marker("rate_limit", {"wire.environment": "demo"}, seed=2),
        marker("normal_market", seed=1, speed=4),
    ]
    choice = choose(config(), markers, None)
    assert choice.scenario == "rate_limit"
    assert choice.overrides == {"seed": 3, "wire.environment": "demo", "speed": 4}


def test_a_marker_may_give_values_alone(config: Config) -> None:
    assert read_marker(marker({"seed": 1}, seed=2)) == (None, {"seed": 2})


@pytest.mark.parametrize("words", [(3,), ("a", "b"), (None,)])
def test_a_marker_that_cannot_be_read_says_how_to_write_it(words: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="write it as @pytest"):
        read_marker(marker(*words))


def test_files_are_found_beside_the_test_and_at_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    beside, root = tmp_path / "tests", tmp_path / "root"
    for place in (beside, root):
        place.mkdir()
    (root / "mine.toml").touch()
    assert located("mine.toml", beside, root) == root / "mine.toml"
    (beside / "mine.toml").touch()
    assert located("mine.toml", beside, root) == beside / "mine.toml"
    assert located("other.toml", None, root) == "other.toml"
    assert located("rate_limit", beside, root) == "rate_limit"
