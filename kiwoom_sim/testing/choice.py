"""Choose what a fixture runs: markers, then the command line, then the settings file.

Not for: reading scenarios. pytest imports this in every project, so it imports nothing heavy
(which is why `Choice` is a dataclass).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MARKER = "kiwoom_scenario"
DEFAULT_SCENARIO = "normal_market"


@dataclass(frozen=True)
class Choice:
    """Hold what is run.

    Attributes:
        scenario: A file or a shipped name.
        overrides: Changed values by dotted key.
        runs: Directory that keeps the run; None keeps nothing.
        flags: What of it came from the command line, as one would write it again.
    """

    scenario: str | Path
    overrides: Mapping[str, object] = field(default_factory=dict)
    runs: Path | None = None
    flags: tuple[str, ...] = ()


def add_options(parser: pytest.Parser) -> None:
    """Make flags and settings known to pytest."""
    group = parser.getgroup("kiwoom-sim", "a simulator of the Kiwoom REST and WebSocket API")
    group.addoption(
        "--kiwoom-scenario",
        metavar="SCENARIO",
        help="file or shipped name that the fixtures run unless a marker names another",
    )
    group.addoption(
        "--kiwoom-seed",
        metavar="N",
        type=int,
        help="seed of all simulators, whatever markers and scenarios say; repeats a failure",
    )
    group.addoption(
        "--kiwoom-runs",
        metavar="DIR",
        type=Path,
        help="keep every run in DIR; a failure then shows how to replay it",
    )
    text = "file or shipped name that the fixtures of kiwoom-sim run unless told otherwise"
    parser.addini(MARKER, text, default=DEFAULT_SCENARIO)


def choose(config: pytest.Config, markers: Iterable[pytest.Mark], near: Path | None) -> Choice:
    """Return what to run.

    Args:
        config: Has the command line and the settings file.
        markers: All `kiwoom_scenario` markers that apply, the closest to the test first. The
            closest that names a scenario chooses it; of each key the closest value holds.
        near: File of the test; scenario files are looked for beside it too.

    Raises:
        ValueError: A marker cannot be read.
    """
    scenario: str | Path | None = None
    overrides: dict[str, object] = {}
    for marker in markers:
        named, changes = read_marker(marker)
        scenario = scenario or named
        overrides = {**changes, **overrides}
    flags: list[str] = []
    if scenario is None:
        scenario = config.getoption("--kiwoom-scenario")
        if scenario is not None:
            flags += ["--kiwoom-scenario", str(scenario)]
    seed = config.getoption("--kiwoom-seed")
    if seed is not None:
        overrides["seed"] = seed
    runs: Path | None = config.getoption("--kiwoom-runs")
    if runs is not None:
        runs = config.invocation_params.dir / runs
    found = located(
        scenario or str(config.getini(MARKER)), near.parent if near else None, config.rootpath
    )
    return Choice(found, overrides, runs, tuple(flags))


def read_marker(marker: pytest.Mark) -> tuple[str | Path | None, dict[str, object]]:
    """Return the scenario that a marker names, if any, and the values that it changes.

    Raises:
        ValueError: It cannot be read.
    """
    scenario: str | Path | None = None
    overrides: dict[str, object] = {}
    for word in marker.args:
        if isinstance(word, Mapping):
            overrides.update(word)
        elif isinstance(word, str | Path) and scenario is None:
            scenario = word
        else:
            example = f'@pytest.mark.{MARKER}("rate_limit", seed=7, **{{"clock.mode": "stepped"}})'
            raise ValueError(
                f"{MARKER}: {word!r} is neither the one scenario nor a dict of changed values\n"
                f"  write it as {example}"
            )
    return scenario, {**overrides, **marker.kwargs}


def located(scenario: str | Path, *places: Path | None) -> str | Path:
    """Return the file that a relative name means, looked for in some directories, or the name."""
    name = Path(scenario)
    if name.suffix == ".toml" and not name.is_file() and not name.is_absolute():
        for place in places:
            if place is not None and (place / name).is_file():
                return place / name
    return scenario
