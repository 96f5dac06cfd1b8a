"""Find the hooks that rules name: functions of installed packages, by entry point.

Not for: calling them (`faults/hooks.py`). Nothing is imported unless hooks are allowed.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.faults.hooks import GROUP, HookFunction
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.match import WsMatch
from kiwoom_sim.faults.rules import AnyRule, Rule, WsRule
from kiwoom_sim.scenario.problems import Path, Problem, unknown_value
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import show

VARIABLE = "KIWOOM_SIM_ALLOW_HOOKS"
"""Environment variable that allows hooks, as `--allow-hooks` does."""

HookUse = Literal["refused", "allowed", "unread"]
"""What becomes of hooks: an error, unless allowed; or they are not looked for, to show a file."""

_TRUE = {"1", "true", "yes", "on"}


def use_of(*, allowed: bool, env: Mapping[str, str]) -> HookUse:
    """Return what a flag and the environment say about hooks."""
    return "allowed" if allowed or env.get(VARIABLE, "").lower() in _TRUE else "refused"


def check_hooks(rules: Mapping[Path, AnyRule | None], use: HookUse) -> Iterator[Problem]:
    """Yield the hooks that cannot be called, and each one if none may be.

    Args:
        rules: The rules by place, None for those that could not be converted.
        use: What becomes of hooks.
    """
    for path, rule in rules.items():
        for place, kind in enumerate(rule.do if rule is not None else ()):
            if isinstance(kind, Hook):
                yield from _check((*path, "do", place), kind, use)
                if isinstance(rule, WsRule):
                    yield from _check_moment(path, rule.match, kind)
                elif isinstance(rule, Rule) and "connect" in rule.match.moment:
                    yield from _check_opening((*path, "do"), kind)


def hooks_of(scenario: Scenario) -> dict[str, HookFunction]:
    """Return the functions that the rules of a scenario name.

    Raises:
        ScenarioError: One of them cannot be called.
    """
    wanted = (kind for rule in scenario.all_rules for kind in rule.do if isinstance(kind, Hook))
    found: dict[str, HookFunction] = {}
    for kind in wanted:
        try:
            found[kind.name] = _load(kind.name)
        except _UnusableError as error:
            raise ScenarioError((f"hook {show(kind.name)} {error}",)) from error
    return found


class _UnusableError(Exception):
    """Say why a hook cannot be called."""


def _check_moment(path: Path, match: WsMatch, kind: Hook) -> Iterator[Problem]:
    if not match.moment:
        message = (
            "missing; a hook is asked about handshakes, messages and frames alike unless this says "
            "which"
        )
        allowed = ("connect", "frame", "message")
        yield Problem(path=(*path, "match", "moment"), message=message, allowed=allowed)
    if kind.at == "after":
        message = '"after" changes answers to requests; under [[ws]] leave it out'
        yield Problem(path=(*path, "do"), message=message)


def _check_opening(path: Path, kind: Hook) -> Iterator[Problem]:
    if kind.at == "after":
        message = '"after" changes answers; nothing was asked yet when a connection opens'
        yield Problem(path=path, message=message)


def _check(path: Path, kind: Hook, use: HookUse) -> Iterator[Problem]:
    at: Path = (*path, "name")
    if use == "refused":
        message = (
            f"hook {show(kind.name)} is code from outside this file; if you trust it, allow it "
            f"with --allow-hooks or {VARIABLE}=1"
        )
        yield Problem(path=at, message=message)
    elif use == "allowed" and kind.name not in _registered():
        problem = unknown_value(at, "hook", kind.name, _registered())
        hint = "" if _registered() else f"; no installed package has entry points in {GROUP}"
        yield Problem(
            path=at, message=problem.message + hint, allowed=problem.allowed, wrong=kind.name
        )
    elif use == "allowed":
        try:
            _load(kind.name)
        except _UnusableError as error:
            yield Problem(path=at, message=f"hook {show(kind.name)} {error}")


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load(name: str) -> HookFunction:
    point = _registered().get(name)
    if point is None:
        raise _UnusableError("is not installed")
    try:
        function: Any = point.load()
    except Exception as error:
        raise _UnusableError(f"cannot be loaded: {type(error).__name__}: {error}") from error
    if not callable(function):
        raise _UnusableError(f"is no function: {point.value}")
    made: HookFunction = function
    return made
