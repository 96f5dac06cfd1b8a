"""Find what is valid but can never happen: for `validate --strict`.

Everything here is certain: what might happen in some run is not told.
"""

from collections.abc import Iterator
from typing import Any

from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.match import Match, WsMatch, agrees
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.rules import AnyRule, WsRule
from kiwoom_sim.faults.scope import scope_of
from kiwoom_sim.faults.stubs import Stub
from kiwoom_sim.faults.until import EVENT, FAULT
from kiwoom_sim.faults.when import When, Window
from kiwoom_sim.protocol.policies import built_in
from kiwoom_sim.scenario import documented
from kiwoom_sim.scenario.documented import strangers
from kiwoom_sim.scenario.problems import Path, Problem
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import show, write_duration, write_until

_TOKEN_GROUPS = tuple(map(documented.group_of, documented.TOKEN_PATHS))
_UNSURE = {"hook", "rate_limit"}
"""Kinds that leave some occasions alone, and so hide nothing."""

Conditional = AnyRule | Stub


def strict_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield what can never happen in a scenario that is otherwise in order."""
    yield from _phases(scenario)
    tables: tuple[tuple[str, tuple[Conditional, ...]], ...] = (
        ("rule", scenario.rules), ("ws", scenario.ws_rules), ("stub", scenario.stubs),
    )  # fmt: skip
    for key, items in tables:
        for place, item in enumerate(items):
            path: Path = (key, place)
            yield from _counts(path, item.when)
            yield from _window(path, item, scenario.phases)
            match = item.match
            yield from _ws_match(path, match) if isinstance(match, WsMatch) else _match(path, match)
            yield from _shadow(path, item, items[:place])
            yield from _keys(path, match, scenario)
    for place, stub in enumerate(scenario.stubs):
        yield from _stub(("stub", place), stub)
    for pattern in scenario.latency:
        yield from _latency(pattern)
    yield from _limits(scenario)


def _never(path: Path, why: str) -> Problem:
    return Problem(path=path, message=f"never happens: {why}")


def _phases(scenario: Scenario) -> Iterator[Problem]:
    rules = {rule.id: rule for rule in scenario.all_rules}
    for place, phase in enumerate(scenario.phases):
        until, path = phase.until, ("phase", place, "until")
        if until is None:
            continue
        least = until.holds(0) and until.sign in {">=", ">"}
        if least:
            yield _never(("phase", place), f"{write_until(until)} holds from the start")
        elif until.sign == "<" and until.value == 0:
            yield _never(path, "nothing is below 0")
        elif until.measure.startswith(EVENT) and not (until.holds(0) or until.holds(1)):
            yield _never(path, "an event counts 1 at most")
        elif until.measure.startswith(FAULT):
            rule = rules[until.measure.removeprefix(FAULT)]
            if rule.phase and phase.id not in rule.phase:
                yield _never(path, f"rule {show(rule.id)} is not in force in this phase")


def _counts(path: Path, when: When) -> Iterator[Problem]:
    """Yield occasions that the counting conditions rule out."""
    at: Path = (*path, "when")
    if when.probability_bps == 0:
        yield _never((*at, "probability"), "the chance is 0%")
    if when.nth:
        allowed = [n for n in when.nth if _is_allowed(n, when)]
        for lost in sorted(set(when.nth) - set(allowed)):
            yield _never((*at, "nth"), f"occasion {lost} is ruled out by first or every")
        late = sorted(set(allowed))[when.max :] if when.max is not None else []
        for lost in late:
            yield _never((*at, "nth"), f"occasion {lost} comes after max = {when.max}")
    elif when.first is not None and when.every is not None and when.every > when.first:
        yield _never((*at, "every"), f"first ends at {when.first}, every begins at {when.every}")


def _is_allowed(nth: int, when: When) -> bool:
    return (when.first is None or nth <= when.first) and (
        when.every is None or nth % when.every == 0
    )


def _window(path: Path, item: Conditional, phases: tuple[Phase, ...]) -> Iterator[Problem]:
    """Yield a stretch of time that lies outside all phases of a rule."""
    between = item.when.between
    if between is None or not item.phase:
        return
    spans = [_span(phases, place) for place, p in enumerate(phases) if p.id in item.phase]
    if not any(_overlaps(between, *span) for span in spans):
        at: Path = (*path, "when", "between")
        if between.of_phase:
            longest = max((length for _, _, length in spans if length is not None), default=0)
            yield _never(at, f"the phase lasts {write_duration(longest)} at most")
        else:
            yield _never(at, f"phase {' and '.join(map(show, item.phase))} is at another time")


def _span(phases: tuple[Phase, ...], place: int) -> tuple[int, int | None, int | None]:
    """Return earliest start, latest end and greatest length of a phase; None = without end."""
    before = phases[:place]
    earliest_ms = sum(phase.for_ms or 0 for phase in before if phase.until is None)
    latest_ms = sum(phase.length_ms or 0 for phase in before)
    length_ms = phases[place].length_ms
    return earliest_ms, None if length_ms is None else latest_ms + length_ms, length_ms


def _overlaps(between: Window, start_ms: int, end_ms: int | None, length_ms: int | None) -> bool:
    if between.of_phase:
        return length_ms is None or between.from_ms < length_ms
    return between.to_ms > start_ms and (end_ms is None or between.from_ms < end_ms)


def _match(path: Path, match: Match) -> Iterator[Problem]:
    """Yield patterns of a REST rule that fit nothing in the guide."""
    at: Path = (*path, "match")
    told = False
    named = (
        ("api", match.api, documented.apis(), "API id"),
        ("group", match.group, documented.groups(), "group"),
        ("path", match.path, documented.paths(), "path"),
    )
    for key, patterns, names, noun in named:
        for pattern in strangers(patterns, names):
            told = True
            yield _never((*at, key), f"no documented {noun} is like {show(pattern)}")
    if not told and match.api and (match.group or match.path):
        places = [
            documented_path
            for api, path_ in documented.apis().items()
            if agrees(match.api, api)
            for documented_path in (path_, f"/api/dostk/{api}")
        ]
        if not any(
            (not match.group or agrees(match.group, documented.group_of(place)))
            and (not match.path or agrees(match.path, place))
            for place in places
        ):
            yield _never(at, "no API of that id has that group or path")


def _ws_match(path: Path, match: WsMatch) -> Iterator[Problem]:
    """Yield names of a WebSocket rule that no message and no frame has."""
    at: Path = (*path, "match")
    if match.path and agrees(match.path, "/ws"):
        return  # the older contract has names of its own
    upper = tuple(pattern for pattern in match.api if pattern.isupper())
    for pattern in strangers(upper, documented.MESSAGES):
        yield _never((*at, "api"), f"no message is called {show(pattern)}")
    coded = tuple(pattern for pattern in match.type_ if len(pattern) <= 2)
    for pattern in strangers(coded, documented.types()):
        yield _never((*at, "type"), f"there is no real-time type {show(pattern)}")


def _keys(path: Path, match: Match | WsMatch, scenario: Scenario) -> Iterator[Problem]:
    """Yield app keys that nobody can use, without telling them."""
    known = {account.appkey for account in scenario.accounts}
    for place, app_key in enumerate(match.app_key if known else ()):
        if app_key not in known:
            yield _never((*path, "match", "app_key", place), "no [[account]] has this app key")


def _stub(path: Path, stub: Stub) -> Iterator[Problem]:
    """Yield stubs for token calls, which are never asked of the market."""
    match = stub.match
    told = (("path", match.path, documented.TOKEN_PATHS), ("group", match.group, _TOKEN_GROUPS))
    for key, patterns, names in told:
        if patterns and set(patterns) <= set(names):
            yield _never((*path, "match", key), "token calls are not asked of the market")


def _limits(scenario: Scenario) -> Iterator[Problem]:
    """Yield limits that refuse nothing: about no API, or switched off."""
    for place, limit in enumerate(scenario.limits):
        path: Path = ("limit", place)
        match = Match(api=limit.match.api, group=limit.match.group)
        yield from _match(path, match)
        changes = (phase.settings.get("wire.limits_enabled") for phase in scenario.phases)
        is_own = limit != built_in(scenario.wire.environment)
        if is_own and not scenario.wire.limits_enabled and not any(changes):
            yield _never(path, "wire.limits_enabled is false")


def _latency(pattern: str) -> Iterator[Problem]:
    door, _, name = pattern.partition(".")
    if door == "ws":
        is_ours = name.isupper() or len(name) <= 2  # the older contract has names of its own
        known: tuple[str, ...] = (*documented.MESSAGES, *documented.types()) if is_ours else (name,)
    else:
        known = (*documented.apis(), *documented.groups(), "")
    if strangers((name,), known):
        yield _never(("latency", pattern), "nothing documented is called that")


def _shadow(path: Path, item: Conditional, earlier: tuple[Conditional, ...]) -> Iterator[Problem]:
    """Yield that an earlier rule always fires where this one could."""
    for place, other in enumerate(earlier):
        if _always_fires(other) and _covers(other, item):
            before = f"{path[0]}[{place}] ({show(other.id)}) always fires first"
            hint = "" if isinstance(item, Stub) else "; stack = true there lets both fire"
            yield _never(path, before + hint)
            return


def _always_fires(item: Conditional) -> bool:
    if item.when != When():
        return False
    if isinstance(item, Stub):
        return True
    return not item.stack and any(_is_sure(kind) for kind in item.do)


def _is_sure(kind: Any) -> bool:
    if isinstance(kind, Latency):
        return kind.delay_ms > kind.jitter_ms
    return kind.__struct_config__.tag not in _UNSURE


def _covers(one: Conditional, other: Conditional) -> bool:
    """Return whether a rule is about everything that another one is about."""
    if one.phase and not (other.phase and set(other.phase) <= set(one.phase)):
        return False
    if isinstance(one, WsRule) and isinstance(other, WsRule):
        scopes = [[scope_of(kind) for kind in rule.do] for rule in (one, other)]
        if scopes[0] != scopes[1]:
            return False
    for name in one.match.__struct_fields__:
        wide, narrow = getattr(one.match, name), getattr(other.match, name)
        if wide and not (narrow and _fits_inside(wide, narrow)):
            return False
    return True


def _fits_inside(wide: Any, narrow: Any) -> bool:
    """Return whether every value that one condition allows is allowed by a wider one."""
    if isinstance(wide, dict):
        return all(key in narrow and _fits_inside(wide[key], narrow[key]) for key in wide)
    if isinstance(wide, tuple):
        return all(
            value in wide or (isinstance(value, str) and _is_plain(value) and agrees(wide, value))
            for value in narrow
        )
    return bool(wide == narrow)


def _is_plain(pattern: str) -> bool:
    return not set(pattern) & set("*?[")
