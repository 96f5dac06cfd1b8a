"""Describe the options that several verbs share, without loading Typer until it is needed.

An option is a `Described`; `main.py` hands Typer the real thing. This keeps `kiwoom-sim list`
free of Typer's import.
"""

from typing import Any


class Described:
    """Describe one argument or option of a verb.

    Attributes:
        names: Names on the command line ("--json"); none = a positional argument.
        settings: What else Typer is told (`help`, `metavar`, `min`, ...).
    """

    def __init__(self, *names: str, **settings: Any) -> None:
        self.names = names
        self.settings = settings

    def for_typer(self) -> Any:
        """Return the parameter that Typer understands."""
        import typer

        if self.names:
            return typer.Option(*self.names, **self.settings)
        return typer.Argument(**self.settings)


JSON = Described("--json", help="Print one JSON envelope instead of text.")
SET = Described("--set", metavar="KEY=VALUE", help="Change a value, e.g. --set clock.speed=10.")
SCENARIO = Described(metavar="SCENARIO", help="A file, or the name of a shipped scenario.")
SCENARIO_OR_NONE = Described(
    metavar="SCENARIO", help="A file, or the name of a shipped scenario.", show_default=False
)
SCENARIOS = Described(metavar="SCENARIO...", help="Files, or names of shipped scenarios.")
ALLOW_HOOKS = Described(
    "--allow-hooks", envvar="KIWOOM_SIM_ALLOW_HOOKS",
    help="Call the hooks that rules name: Python code of installed packages.",
)  # fmt: skip
STRICT = Described("--strict", help="Also tell what can never happen: rules, phases, patterns.")
TAG = Described("--tag", help="Only scenarios with this tag.", show_default=False)
GROUP = Described("--group", help="Only scenarios of this group.", show_default=False)
SCHEMA = Described("--schema", help="Print the JSON Schema of the format instead.")
RESOLVED = Described("--resolved", help="Print every value, defaults too, as a run records it.")
NEW_NAME = Described(metavar="NAME", help="Name of the new scenario, e.g. my_first_storm.")
TEMPLATE = Described("--from", metavar="SCENARIO", help="Scenario to start from.")
OUTPUT = Described("--output", "-o", metavar="FILE", help="Where to write; default: NAME.toml.")
API = Described(metavar="ID", help="API id or real-time type.", show_default=False)
SEARCH = Described("--search", help="Only APIs with this text somewhere.", show_default=False)
SERVED = Described("--served", help="Only APIs that are answered.")
RUNS = Described("--runs", metavar="DIR", help="Where runs are kept.", envvar="KIWOOM_SIM_RUNS")
STATE = Described(
    "--state", metavar="DIR", envvar="KIWOOM_SIM_STATE", show_default=False,
    help="Where the pid, ready and log files of `up` are; default: `up` in the runs.",
)  # fmt: skip
