"""Check a whole kit: its manifest, each of its scenarios, and that they get along."""

import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.errors import KitError, ScenarioError
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.kit.archives import Files
from kiwoom_sim.kit.contents import gather
from kiwoom_sim.kit.manifest import Manifest, read_manifest
from kiwoom_sim.scenario.extends import KEY
from kiwoom_sim.scenario.finder import Found, shipped_scenarios
from kiwoom_sim.scenario.kits import MANIFEST, scenario_files
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.problems import nearest
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import show

SHIPPED = "shipped"
"""Name of the collection that comes with the package; no other kit has it."""


class Kit(Struct, frozen=True, kw_only=True):
    """Hold a kit that was checked.

    Attributes:
        scenarios: Its scenarios by name.
        files: Content of all its files, by path.
    """

    manifest: Manifest
    scenarios: dict[str, Scenario]
    files: Files


def read_kit(source: Path) -> Kit:
    """Return the kit in a directory or archive.

    Raises:
        KitError: It cannot be used; with every problem.
    """
    files = gather(source)
    with tempfile.TemporaryDirectory(prefix="kiwoom-sim-kit-") as directory:
        home = Path(directory)
        write_files(files, home)
        return check_kit(home, files, str(source))


def write_files(files: Files, home: Path) -> None:
    """Write the files of a kit into an empty directory."""
    for path, content in files.items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.write(content)


def check_kit(home: Path, files: Files, shown: str) -> Kit:
    """Return the kit in a directory that holds nothing but its files.

    Args:
        home: The directory.
        files: What it holds.
        shown: What messages call it.

    Raises:
        KitError: It cannot be used; with every problem.
    """
    problems: list[str] = []
    manifest = None
    try:
        manifest = read_manifest(files[MANIFEST], f"{shown}/{MANIFEST}")
    except KitError as error:
        problems += error.problems
    if manifest is not None and manifest.name == SHIPPED:
        problems.append(
            f"{shown}/{MANIFEST}: name: {SHIPPED} is the one that comes with kiwoom-sim"
        )
    paths = scenario_files(home)
    if not paths:
        problems.append(f"{shown}: holds no scenario")
    scenarios: dict[str, Scenario] = {}
    taken = {found.name for found in shipped_scenarios()}
    names = [path.name for path in paths]
    for path in paths:
        file = f"{shown}/{path.name}"
        wrong = _stranger(path, names) or _clash(path.stem, taken)
        try:
            if wrong:
                raise KitError((f"{file}: {wrong}",))
            scenario = _load(path, file)
            declared = manifest.requires.hooks if manifest is not None else None
            problems += _misfits(scenario, path.stem, file, declared)
            scenarios[path.stem] = scenario
        except ScenarioError as error:
            problems += error.problems
    if problems or manifest is None:
        raise KitError(tuple(problems))
    return Kit(manifest=manifest, scenarios=scenarios, files=files)


def _load(path: Path, file: str) -> Scenario:
    """Return a scenario as it is everywhere: without environment, without looking for hooks."""
    return load_scenario(Found(name=path.stem, path=path, shown=file), env={}, hooks="unread")


def _stranger(path: Path, names: Iterable[str]) -> str:
    """Return what is wrong with the scenario that another one extends, "" if nothing is."""
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8")).get(KEY)
    except (ValueError, RecursionError):
        return ""  # told with its line when it is loaded
    known = {*names, *(found.name for found in shipped_scenarios())}
    if named is None or not isinstance(named, str) or named in known:
        return ""
    close = nearest(named, sorted(known))
    hint = f"\n  did you mean {show(close)}?" if close else ""
    return f"{KEY}: {show(named)} is neither in the kit nor shipped{hint}"


def _clash(name: str, taken: Iterable[str]) -> str:
    if not (name.isascii() and name.isidentifier() and name == name.lower() and name[0] != "_"):
        return "a name has small letters, digits and _ and starts with a letter"
    return "a shipped scenario has that name" if name in taken else ""


def _misfits(
    scenario: Scenario, stem: str, file: str, declared: tuple[str, ...] | None
) -> list[str]:
    problems = []
    if scenario.name != stem:
        problems.append(f"{file}: name: is {show(scenario.name)}, but the file is {stem}.toml")
    if declared is not None:
        used = dict.fromkeys(hook for hook in hooks_of(scenario) if hook not in declared)
        problems += [
            f"{file}: hook {show(hook)} is not among requires.hooks of {MANIFEST}" for hook in used
        ]
    return problems


def hooks_of(scenario: Scenario) -> list[str]:
    """Return the names of the hooks that a scenario calls."""
    return [kind.name for rule in scenario.all_rules for kind in rule.do if isinstance(kind, Hook)]
