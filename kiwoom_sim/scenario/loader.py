"""Load a scenario: TOML text in, `Scenario` out, or `ScenarioError` with every problem.

Steps: parse, put it on top of what it extends, put in the environment and what flags and
variables change, convert table by table, check across tables, and give each problem its place.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.protocol.policies import built_in
from kiwoom_sim.scenario import overrides as changes
from kiwoom_sim.scenario.checks import RULE_TABLES, check_document
from kiwoom_sim.scenario.convert import BAD, Converter
from kiwoom_sim.scenario.document import Document, Place, upward
from kiwoom_sim.scenario.event_conflicts import check_event_conflicts
from kiwoom_sim.scenario.event_times import timed_events, untimed_codes
from kiwoom_sim.scenario.extends import KEY, read_document
from kiwoom_sim.scenario.fields import Field, fields_of
from kiwoom_sim.scenario.finder import Found, find_scenario
from kiwoom_sim.scenario.hooks import HookUse, check_hooks, use_of
from kiwoom_sim.scenario.overrides import Override
from kiwoom_sim.scenario.problems import Path, Problem, missing_key, render, unknown_key
from kiwoom_sim.scenario.render import plain
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import settable
from kiwoom_sim.scenario.strict import strict_problems
from kiwoom_sim.scenario.variables import fill_in
from kiwoom_sim.scenario.wait_checks import check_waits

LAST = Place(2**31, 0, "")
"""Where problems with values that no file holds are told."""


def load_scenario(
    source: str | FilePath | Found,
    *,
    overrides: Iterable[str | Override] | Mapping[str, object] = (),
    env: Mapping[str, str] | None = None,
    hooks: HookUse | None = None,
) -> Scenario:
    """Return the scenario of a file or a shipped name.

    Args:
        source: A file, a shipped name, or a path whose stem is a shipped name.
        overrides: Changed values, as `key=value` texts, as `Override`, or by key; later ones win.
        env: Environment whose `KIWOOM_SIM_*` variables change values; none by default. `${NAME}`
            in a file is looked up there, or else in that of the process.
        hooks: What becomes of hooks; None = as the environment says.

    Raises:
        ScenarioError: There is no such scenario, or it cannot be used.
    """
    return _loaded(source, overrides, env, hooks)[1]


def check_strictly(
    source: str | FilePath | Found,
    *,
    overrides: Iterable[str | Override] | Mapping[str, object] = (),
    env: Mapping[str, str] | None = None,
    hooks: HookUse | None = None,
) -> tuple[str, ...]:
    """Return what can never happen in a scenario, each with its place; see `load_scenario`.

    Raises:
        ScenarioError: There is no such scenario, or it cannot be used.
    """
    document, scenario, origins = _loaded(source, overrides, env, hooks)
    return _rendered(list(strict_problems(scenario)), document, origins)


_Overrides = Iterable[str | Override] | Mapping[str, object]
_Loaded = tuple[Document, Scenario, dict[Path, str]]
"""A document, what it says, and who put in the values that its files do not hold."""


def _loaded(
    source: str | FilePath | Found,
    overrides: _Overrides,
    env: Mapping[str, str] | None,
    hooks: HookUse | None,
) -> _Loaded:
    found = source if isinstance(source, Found) else find_scenario(source)
    gathered, known = _gathered(overrides, env), os.environ if env is None else env
    use = hooks or use_of(allowed=False, env=known)
    try:
        document = read_document(_text(found), found.shown, found.path)
        return document, *_made(document, found.name, gathered, known, use)
    except RecursionError as error:
        raise _too_deep(found.shown) from error


def _too_deep(file: str) -> ScenarioError:
    return ScenarioError((f"{file}: tables or lists are nested too deeply",))


def _text(found: Found) -> str:
    try:
        return found.path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError((f"{found.shown}: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError((f"{found.shown}: not UTF-8 text ({error.reason})",)) from error


def parse_scenario(
    text: str,
    *,
    name: str = "scenario",
    file: str = "scenario.toml",
    overrides: Iterable[str | Override] | Mapping[str, object] = (),
    env: Mapping[str, str] | None = None,
    home: FilePath | None = None,
) -> Scenario:
    """Return the scenario of a TOML text; see `load_scenario`.

    Args:
        text: The text.
        name: Name of the scenario where the text gives none.
        file: What messages call the text.
        overrides: Changed values.
        env: Environment whose variables change values.
        home: File of the text, beside which files that it extends are; None = there is none.

    Raises:
        ScenarioError: The scenario cannot be used.
    """
    try:
        document = read_document(text, file, home)
        known = os.environ if env is None else env
        use = use_of(allowed=False, env=known)
        return _made(document, name, _gathered(overrides, env), known, use)[0]
    except RecursionError as error:
        raise _too_deep(file) from error


def _made(
    document: Document,
    name: str,
    gathered: list[Override],
    env: Mapping[str, str],
    hooks: HookUse,
) -> tuple[Scenario, dict[Path, str]]:
    """Return the scenario, and who put in the values that its files do not hold."""
    table, unfilled = fill_in(document.table, env)
    misplaced: list[str] = []
    origins: dict[Path, str] = {}
    for override in sorted(gathered, key=_is_about_limits):
        if _is_about_limits(override):
            _write_limits(table)
        path, problem = changes.apply(table, override)
        if problem is None and path == (KEY,):
            problem = Problem(path=path, message="only a file can say what it extends")
        if problem is None:
            origins[path] = override.origin
        else:
            misplaced.append(render(problem, override.origin))
    table.setdefault("name", name)
    _write_limits(table)
    settings = settable(_limit_ids(table), _wait_patterns(table))
    converter = Converter(speed=_speed(table), settings=settings)
    found = _convert(converter, table)
    rules = found.pop("")
    problems = [*unfilled, *converter.problems, *check_document(table, rules)]
    problems += check_hooks(rules, hooks)
    if not problems:
        events = found.get("events", ())
        timed = [*timed_events(events, found.get("clock", ClockConfig()))]
        problems = [
            *check_waits(found.get("latency", {}), found.get("phases", ())),
            *check_event_conflicts(timed, untimed_codes(events, timed)),
        ]
    if problems or misplaced:
        raise ScenarioError((*_rendered(problems, document, origins), *misplaced))
    return Scenario(**found), origins


def _gathered(
    overrides: Iterable[str | Override] | Mapping[str, object], env: Mapping[str, str] | None
) -> list[Override]:
    gathered = changes.from_environment(env or {})
    if isinstance(overrides, Mapping):
        return gathered + [
            Override(origin=f"override {key}", key=key, value=value)
            for key, value in overrides.items()
        ]
    for override in overrides:
        if isinstance(override, Override):
            gathered.append(override)
            continue
        try:
            gathered += changes.from_assignments([override])
        except ValueError as error:
            raise ScenarioError((str(error),)) from error
    return gathered


def _speed(document: dict[str, Any]) -> int:
    clock = document.get("clock", {})
    speed = clock.get("speed", 1) if isinstance(clock, dict) else 1
    return speed if isinstance(speed, int) and speed >= 1 else 1


def _is_about_limits(override: Override) -> bool:
    return override.key.startswith("limit.")


def _write_limits(document: dict[str, Any]) -> None:
    """Write out the limit that holds where a file has none of its own."""
    if document.get("limit", []) == []:
        wire = document.get("wire", {})
        environment = wire.get("environment", "real") if isinstance(wire, dict) else "real"
        document["limit"] = [plain(built_in(str(environment)))]


def _limit_ids(document: dict[str, Any]) -> tuple[str, ...]:
    tables = document["limit"] if isinstance(document["limit"], list) else []
    names = (table.get("id") for table in tables if isinstance(table, dict))
    return tuple(name for name in names if isinstance(name, str))


def _wait_patterns(document: dict[str, Any]) -> tuple[str, ...]:
    table = document.get("latency", {})
    return tuple(table) if isinstance(table, dict) else ()


def _convert(converter: Converter, document: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the document by attribute; rules by place under ""."""
    fields = fields_of(Scenario)
    keys = [field.key for field in fields]
    converter.problems += [unknown_key((key,), keys) for key in document if key not in keys]
    if "schema" not in document:
        converter.problems.append(missing_key(("schema",)))
    found: dict[str, Any] = {"": {}}
    for field in fields:
        if field.key not in document:
            continue
        raw, path = document[field.key], (field.key,)
        if field.key in RULE_TABLES and isinstance(raw, list):
            rules = _rules(converter, field, raw)
            found[field.attribute] = rules
            found[""] |= {(field.key, place): rule for place, rule in enumerate(rules)}
        else:
            found[field.attribute] = converter.field(field, raw, path)
    return found


def _rules(converter: Converter, field: Field, raw: list[Any]) -> tuple[Any, ...]:
    """Return the rules, None for one that cannot be used."""
    made = []
    for place, table in enumerate(raw):
        rule = converter.item(field, table, (field.key, place))
        made.append(None if rule is BAD else rule)
    return tuple(made)


def _rendered(
    problems: list[Problem], document: Document, origins: dict[Path, str]
) -> tuple[str, ...]:
    """Return the messages in the order of the files, those about changed values last."""
    placed: list[tuple[Place, str]] = []
    for problem in problems:
        origin = _origin(problem.path, origins, document)
        if origin is not None:
            placed.append((LAST, render(problem, origin)))
        else:
            place = document.place(problem.path)
            placed.append((place, render(problem, place.shown)))
    return tuple(dict.fromkeys(message for _, message in sorted(placed, key=lambda p: p[0])))


def _origin(path: Path, origins: dict[Path, str], document: Document) -> str | None:
    """Return who put in the value at a place, or the table around it; None = the file."""
    for above in upward(path):
        if above in origins:
            return origins[above]
    if path in document.places:
        return None
    inside = (origin for place, origin in origins.items() if place[: len(path)] == path)
    return next(inside, None)
