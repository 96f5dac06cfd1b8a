"""Check the targets that stand for `up`, `down`, `logs` and `status`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiwoom_sim.cli.instance import State

ROOT = Path(__file__).parent.parent
WAIT_S = 120

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is missing")


def make(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    # The tests are run by make themselves, whose flags are not meant for this one.
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    environment = {**inherited, "KIWOOM_SIM_LANG": "en", **variables}
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=WAIT_S,
    )  # fmt: skip


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Return a finished environment whose programs are those of this interpreter."""
    directory = tmp_path / "venv"
    (directory / "bin").mkdir(parents=True)
    program = directory / "bin" / "kiwoom-sim"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kiwoom_sim "$@"\n')
    program.chmod(0o755)
    (directory / "run.stamp").touch()
    return directory


def test_the_targets_start_show_and_stop(tmp_path: Path, venv: Path) -> None:
    state = State(tmp_path / "up")
    places = {
        "KIWOOM_SIM_STATE": str(state.directory), "KIWOOM_SIM_RUNS": str(tmp_path / "runs"),
        "VENV": str(venv),
    }  # fmt: skip
    ports = "ARGS=--rest-port 0 --ws-port 0"
    try:
        up = make("test-up", "SCENARIO=normal_market", ports, **places)
        assert up.returncode == 0, up.stderr
        ready, recorded = state.read_ready(), state.read()
        assert ready is not None
        assert recorded is not None
        assert f"REST       {ready.rest}" in up.stdout
        assert "make test-down" in up.stderr
        again = make("test-up", "SCENARIO=normal_market", ports, **places)
        assert "already running since" in again.stdout, again.stderr
        status = make("test-status", **places)
        assert (status.returncode, status.stdout.count("\thealthy\t")) == (0, 3), status.stderr
    finally:
        down = make("test-down", **places)
    assert down.returncode == 0, down.stderr
    assert "stopped normal_market" in down.stderr
    assert state.process_of(recorded) is None
    assert make("test-status", **places).returncode != 0


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("test-up", "bin/kiwoom-sim up scenarios/rate_limit.toml --seed 7"),
        ("test-down", "bin/kiwoom-sim down --seed 7"),
        ("test-logs", "bin/kiwoom-sim logs --follow --seed 7"),
        ("test-status", "bin/kiwoom-sim status --seed 7"),
    ],
)
def test_arguments_are_handed_on(venv: Path, target: str, line: str) -> None:
    scenario = "SCENARIO=scenarios/rate_limit.toml"
    shown = make("-n", target, scenario, "ARGS=--seed 7", VENV=str(venv))
    assert f"{venv}/{line}" in shown.stdout.splitlines()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("test-up", "up -d --build --wait"),
        ("test-down", "down"),
        ("test-logs", "logs -f --tail=100"),
        ("test-status", "ps "),
    ],
)
def test_docker_is_driven_with_both_files(target: str, words: str) -> None:
    shown = make("-n", target, "MODE=docker").stdout
    command = shown.splitlines()[-1]
    files = re.findall(r"-f (\S+\.yml)", command)
    assert files == [
        "docker/compose/services/mock-services.yml", "docker/compose/profiles/test.yml",
    ]  # fmt: skip
    assert all((ROOT / file).is_file() for file in files)
    assert f"test.yml {words}" in command
    assert "bin/kiwoom-sim" not in shown


def test_docker_runs_the_scenario_that_is_named() -> None:
    shown = make("-n", "test-up", "MODE=docker", "SCENARIO=rate_limit").stdout
    assert shown.splitlines()[-1].startswith("KIWOOM_SIM_SCENARIO='rate_limit' docker compose ")
    compose = ROOT / "docker" / "compose" / "services" / "mock-services.yml"
    assert "${KIWOOM_SIM_SCENARIO:-" in compose.read_text(encoding="utf-8")


def test_without_an_engine_the_native_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    told = make("test-up", "MODE=docker", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert told.returncode != 0
    assert "leave MODE out to run natively" in told.stderr


def test_an_unknown_mode_is_told() -> None:
    told = make("test-up", "MODE=podman")
    assert told.returncode != 0
    assert "MODE is native or docker, not podman" in told.stderr


def test_the_help_lists_the_targets() -> None:
    shown = make("help").stdout
    for target in ("test-up", "test-down", "test-logs", "test-status"):
        assert re.search(rf"^  make {target} +\w", shown, re.MULTILINE)
    assert "-native" not in shown


def test_cleaning_stops_what_runs_first() -> None:
    lines = make("-n", "clean").stdout.splitlines()
    assert "kiwoom-sim down" in lines[0]
    assert "rm -rf" in lines[1]
