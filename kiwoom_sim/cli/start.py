"""Hold what `run` and `up` are asked to start, and the options that ask for it."""

import os
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import talk
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.scenario.finder import find_scenario
from kiwoom_sim.scenario.hooks import HookUse
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.overrides import from_assignments, from_flags
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import parse_duration

_PORT = {"min": 0, "max": 65_535, "show_default": False}
HOST = options.Described("--host", help="Address to listen on.", show_default=False)
REST_PORT = options.Described("--rest-port", help="Port of the REST door; 0 = any.", **_PORT)
WS_PORT = options.Described("--ws-port", help="Port of the WebSocket door; 0 = any.", **_PORT)
CONTROL_PORT = options.Described(
    "--control-port", help="Port of the control door; 0 = any.", **_PORT
)
TLS_PORT = options.Described("--tls-port", help="Port of the TLS door.", **_PORT)
SEED = options.Described("--seed", help="Seed of every random draw.", show_default=False)
START = options.Described("--start", help="Market time to start at.", show_default=False)
SPEED = options.Described("--speed", help="Market time per wire time.", show_default=False)
FOR = options.Described(
    "--for", metavar="5m", help="Stop after this time.", envvar="KIWOOM_SIM_FOR"
)
NO_LIMITS = options.Described("--no-limits", help="Switch rate limits off.")
READY_FILE = options.Described(
    "--ready-file", metavar="FILE", help="Write this when every door answers.",
    envvar="KIWOOM_SIM_READY_FILE", show_default=False,
)  # fmt: skip
NO_TUI = options.Described(
    "--no-tui", help="Plain lines instead of a live view.", envvar="KIWOOM_SIM_NO_TUI"
)


class Start(Struct, frozen=True, kw_only=True):
    """Hold what to start, as the command line said it; None and "" mean not said.

    Attributes:
        scenario: A file, or the name of a shipped scenario.
        for_: How long to run, e.g. "5m".
        runs: Directory that keeps a directory for each run.
    """

    scenario: str
    host: str | None = None
    rest_port: int | None = None
    ws_port: int | None = None
    control_port: int | None = None
    tls_port: int | None = None
    seed: int | None = None
    start: str | None = None
    speed: int | None = None
    for_: str = ""
    assignments: tuple[str, ...] = ()
    no_limits: bool = False
    allow_hooks: bool = False
    runs: Path = Path(RUNS)

    def load(self) -> Scenario:
        """Return the scenario with every change; say so when a shipped one stands in.

        Raises:
            ScenarioError: It cannot be used, or a change cannot be understood.
        """
        if not self.scenario:
            raise ScenarioError((say("scenario.needed"),))
        found = find_scenario(self.scenario)
        if found.instead_of:
            talk(say("scenario.instead", path=found.instead_of, name=found.name))
        flags = from_flags(
            host=self.host, rest_port=self.rest_port, ws_port=self.ws_port,
            control_port=self.control_port, tls_port=self.tls_port, seed=self.seed,
            start=self.start, speed=self.speed, no_limits=self.no_limits,
        )  # fmt: skip
        try:
            assigned = from_assignments(self.assignments)
        except ValueError as error:
            raise ScenarioError((str(error),)) from error
        self.for_ms()
        hooks: HookUse | None = "allowed" if self.allow_hooks else None
        return load_scenario(found, overrides=[*assigned, *flags], env=os.environ, hooks=hooks)

    def for_ms(self) -> int | None:
        """Return how long to run; None = until told to stop.

        Raises:
            ScenarioError: The text is no duration.
        """
        return duration_ms("--for", self.for_) if self.for_ else None

    def words(self) -> list[str]:
        """Return what follows the verb on a command line that starts the same."""
        flags = {
            "--host": self.host, "--rest-port": self.rest_port, "--ws-port": self.ws_port,
            "--control-port": self.control_port, "--tls-port": self.tls_port,
            "--seed": self.seed, "--start": self.start, "--speed": self.speed,
            "--for": self.for_ or None,
            "--runs": self.runs if self.runs != Path(RUNS) else None,
        }  # fmt: skip
        given = [f"{flag}={value}" for flag, value in flags.items() if value is not None]
        given += [f"--set={text}" for text in self.assignments]
        switches = {"--no-limits": self.no_limits, "--allow-hooks": self.allow_hooks}
        return [self.scenario, *given, *(flag for flag, is_on in switches.items() if is_on)]


def duration_ms(option: str, text: str) -> int:
    """Return the duration that an option was given, in milliseconds.

    Raises:
        ScenarioError: The text is no duration.
    """
    try:
        return parse_duration(text)[0]
    except ValueError as error:
        raise ScenarioError((f"{option}: {error}",)) from error
