"""Run every shipped scenario from end to end in stepped time, and replay it elsewhere.

A new scenario is picked up by itself. If a text here says that something of it did not fire, then
no client that calls, listens, reconnects and asks for new tokens ever meets it; or `visitor.py`
has to learn to do what it is about.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.observe.run_directory import RunDirectory, create
from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.render import render_scenario
from tests.scenarios.visitor import Visitor, narrowed

NAMES = [found.name for found in shipped_scenarios()]
HASH_SEED = "4711"
REPLAY_S = 300


class Runs:
    """Hold the recorded runs of scenarios, each made when it is first asked for."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: dict[str, tuple[RunDirectory, Visitor]] = {}

    def of(self, name: str) -> tuple[RunDirectory, Visitor]:
        """Return the run of a scenario and who visited it."""
        if name not in self._made:
            scenario = narrowed(name)
            directory = create(self._home, name)
            directory.scenario.write_text(render_scenario(scenario), encoding="utf-8")
            visitor = Visitor(scenario, directory).visit()
            directory.write_digests(visitor.simulation.digests())
            self._made[name] = directory, visitor
        return self._made[name]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_a_scenario_announces_happens(name: str, runs: Runs) -> None:
    _, visitor = runs.of(name)
    missing = visitor.missing()
    if missing and any(rule.when.probability_bps for rule in visitor.scenario.all_rules):
        luckier = msgspec.structs.replace(visitor.scenario, seed=visitor.scenario.seed + 1)
        missing = [each for each in Visitor(luckier).visit().missing() if each in missing]
    assert missing == [], f"scenarios/{name}.toml"


def test_what_never_happens_is_named() -> None:
    """Prove that the test above would see it."""
    rule = {"id": "never", "match": {"api": "ka10081", "header.x": "y"}, "when": {"after": 9_999}}
    scenario = load_scenario(
        "normal_market",
        overrides={
            "market.symbols": ["005930"],
            "rule": [{**rule, "do": {"kind": "http_error"}}],
            "event": [{"id": "late", "at": "40h", "do": {"kind": "halt", "code": "005930"}}],
        },
    )
    visitor = Visitor(scenario)
    visitor.run(6_000)
    assert visitor.missing() == ["rule never did not fire", "event late did not fire"]


def test_every_run_is_the_same_bytes_in_another_process(runs: Runs) -> None:
    paths = "".join(f"{runs.of(name)[0].path}\n" for name in NAMES)
    others = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.scenarios.replayer"],
        env={**others, "PYTHONHASHSEED": HASH_SEED, "TZ": "America/New_York"},
        cwd=Path(__file__).parents[2], input=paths, stdout=subprocess.PIPE, text=True,
        timeout=REPLAY_S, check=True,
    )  # fmt: skip
    told = dict(zip(NAMES, map(msgspec.json.decode, done.stdout.splitlines()), strict=True))
    assert {name: each for name, each in told.items() if each["differing"]} == {}
    assert min(each["records"] for each in told.values()) > 20
