"""Check what no single value shows: names that refer to each other, and fields that disagree.

Every check reads the raw tables as well as the converted ones, so that a slip in one table does
not hide a slip in another.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct, structs

from kiwoom_sim.core.clock import date_from_day, day_from_date, day_of
from kiwoom_sim.engine.config import ANCHOR_START_MS
from kiwoom_sim.faults.base_latency import DOORS
from kiwoom_sim.faults.facts import Moment
from kiwoom_sim.faults.kinds.business_error import BusinessError
from kiwoom_sim.faults.match import Match, WsMatch, agrees
from kiwoom_sim.faults.position import position_of
from kiwoom_sim.faults.rules import AnyRule
from kiwoom_sim.faults.scope import Scope, scope_of
from kiwoom_sim.faults.until import EVENT, FAULT, MEASURES
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.protocol.refusals import placeholders, rest_codes
from kiwoom_sim.scenario.event_checks import check_event_times
from kiwoom_sim.scenario.problems import Path, Problem, unknown_value
from kiwoom_sim.scenario.values import parse_moment, parse_until, show, write_moment

Raw = Mapping[str, Any]

FIRST_START = day_from_date(date(2016, 1, 1))
"""First day on which a run can start: the calendar has one year before it, for yearly figures."""
LAST_START = day_from_date(date(2028, 12, 28))
"""Last day on which a run can start: the last session of the calendar."""

RULE_TABLES = ("rule", "ws")
"""Tables of rules, one for each door."""

_ENDS = {"garbage", "half_open", "hang", "no_answer", "reset"}
"""Kinds that end a connection: where they act before the answer, there is none."""
_UNSURE = {"no_data_error", "rate_limit"}
"""Kinds that leave some occasions alone."""

_TABLES = {"rest": "[[rule]]", "ws": "[[ws]]"}
_IN: tuple[Moment, ...] = ("connect", "message")
_OUT: tuple[Moment, ...] = ("frame",)


def check_document(raw: Raw, rules: Mapping[Path, AnyRule | None]) -> Iterator[Problem]:
    """Yield what is wrong between the tables of a document.

    Args:
        raw: The parsed document.
        rules: The rules by place, None for those that could not be converted.
    """
    yield from _check_clock(raw)
    yield from _check_ids(raw, "phase")
    yield from _check_ids(raw, "limit")
    yield from _check_ids(raw, *RULE_TABLES)
    yield from _check_ids(raw, "stub")
    yield from _check_phase_lengths(_tables(raw, "phase"))
    yield from _check_symbols(raw)
    yield from _check_tickers(raw)
    clock = raw.get("clock", {})
    anchor = write_moment(ANCHOR_START_MS)
    start = clock.get("start", anchor) if isinstance(clock, dict) else anchor
    yield from check_event_times(start, _tables(raw, "event"))
    phases = {table["id"] for table in _tables(raw, "phase") if isinstance(table.get("id"), str)}
    yield from _check_latency(raw)
    for place, table in enumerate(_tables(raw, "phase")):
        yield from _check_until(("phase", place, "until"), table.get("until"), raw)
    for key in (*RULE_TABLES, "stub"):
        for place, table in enumerate(_tables(raw, key)):
            yield from _check_phase_names((key, place, "phase"), table.get("phase", []), phases)
    for place, table in enumerate(_tables(raw, "event")):
        named = table.get("phase") or []
        yield from _check_phase_names(("event", place, "phase"), named, phases)
    for path, rule in rules.items():
        if rule is not None:
            yield from _check_rule(path, rule)


def _tables(raw: Raw, key: str) -> list[Raw]:
    value = raw.get(key, [])
    tables = value if isinstance(value, list) else []
    return [table if isinstance(table, dict) else {} for table in tables]


def _check_clock(raw: Raw) -> Iterator[Problem]:
    clock = raw.get("clock", {})
    if not isinstance(clock, dict):
        return
    yield from _check_start(clock.get("start", "now"))
    speed, mode = clock.get("speed", 1), clock.get("mode", "real")
    if isinstance(speed, int) and speed > 1 and mode in ("real", "stepped"):
        message = f'{speed} needs mode = "scaled" (mode is {show(mode)})'
        yield Problem(path=("clock", "speed"), message=message)


def _check_start(start: object) -> Iterator[Problem]:
    try:
        start_ms = parse_moment(start)
    except ValueError:
        return  # told where the value is read
    if start_ms is not None and not FIRST_START <= day_of(start_ms) <= LAST_START:
        message = (
            f"{show(start)} is outside the calendar; choose a day from "
            f"{date_from_day(FIRST_START)} to {date_from_day(LAST_START)}"
        )
        yield Problem(path=("clock", "start"), message=message)


def _check_ids(raw: Raw, *keys: str) -> Iterator[Problem]:
    """Yield the ids that are not unique over some tables; the first table names the thing."""
    seen: set[str] = set()
    for key in keys:
        for place, table in enumerate(_tables(raw, key)):
            name = table.get("id")
            if not isinstance(name, str):
                continue
            if name in seen:
                message = f"another {keys[0]} is already named {show(name)}"
                yield Problem(path=(key, place, "id"), message=message)
            seen.add(name)


def _check_phase_lengths(tables: list[Raw]) -> Iterator[Problem]:
    for place, table in enumerate(tables[:-1]):
        if "for" not in table and "until" not in table and "timeout" not in table:
            message = "missing; only the last phase may go on to the end of the run"
            yield Problem(path=("phase", place, "for"), message=message)


def _check_until(path: Path, written: object, raw: Raw) -> Iterator[Problem]:
    try:
        measure = parse_until(written).measure
    except ValueError:
        return  # told where the value is read
    known = set(MEASURES)
    for prefix, keys in ((EVENT, ("event",)), (FAULT, RULE_TABLES)):
        for key in keys:
            ids = (table.get("id") for table in _tables(raw, key))
            known |= {prefix + name for name in ids if isinstance(name, str) and name}
    if measure not in known:
        yield unknown_value(path, "measure", measure, known)


def _check_phase_names(path: Path, named: object, phases: set[str]) -> Iterator[Problem]:
    if isinstance(named, str):
        named = [named]
        places = [path]
    elif isinstance(named, list):
        places = [(*path, i) for i in range(len(named))]
    else:
        return
    for name, place in zip(named, places, strict=True):
        if isinstance(name, str) and name not in phases:
            hint = "" if phases else "; there are no phases, write [[phase]] with this id"
            problem = unknown_value(place, "phase", name, phases)
            yield structs.replace(problem, message=problem.message + hint)


def _check_latency(raw: Raw) -> Iterator[Problem]:
    table = raw.get("latency", {})
    for pattern in table if isinstance(table, dict) else {}:
        door, dot, rest = pattern.partition(".")
        if door not in DOORS or not dot or not rest:
            message = (
                f'{show(pattern)} is no answer and no frame; write it as "rest.*", "rest.ka10081" '
                'or "ws.0B"'
            )
            yield Problem(path=("latency", pattern), message=message)


def _check_symbols(raw: Raw) -> Iterator[Problem]:
    """Yield the codes of `market.symbols` and of events that the market does not list.

    Events may name invented companies, which are not known before the run.
    """
    market = raw.get("market", {})
    market = market if isinstance(market, dict) else {}
    symbols = market.get("symbols", [])
    listed: list[str] = []
    for place, code in enumerate(symbols if isinstance(symbols, list) else []):
        if isinstance(code, str) and (message := _unlisted(code)):
            yield Problem(path=("market", "symbols", place), message=message)
        elif isinstance(code, str):
            listed.append(code)
    if market.get("synthetic"):
        return
    events = [table.get("do") for table in _tables(raw, "event")]
    kinds = [kind if isinstance(kind, dict) else {} for kind in events]
    offered = {kind.get("code") for kind in kinds if kind.get("kind") == "listing"}
    for place, kind in enumerate(kinds):
        code = kind.get("code")
        if kind.get("kind") == "listing" and isinstance(code, str) and not _unlisted(code):
            message = f"{show(code)} is listed already; a new share needs a code of its own"
            yield Problem(path=("event", place, "do", "code"), message=message)
        if not isinstance(code, str) or len(code) != 6 or code in offered:
            continue  # told where the value is read
        if message := _unlisted(code, tuple(listed)):
            yield Problem(path=("event", place, "do", "code"), message=message)


def _check_tickers(raw: Raw) -> Iterator[Problem]:
    """Yield the codes of `ralph.tickers` that nobody lists; those of other markets may stand."""
    ralph, market = raw.get("ralph", {}), raw.get("market", {})
    tickers = ralph.get("tickers", []) if isinstance(ralph, dict) else []
    if isinstance(market, dict) and market.get("synthetic"):
        return
    for place, code in enumerate(tickers if isinstance(tickers, list) else []):
        if isinstance(code, str) and (message := _unlisted(code)):
            yield Problem(path=("ralph", "tickers", place), message=message)


def _unlisted(code: str, symbols: tuple[str, ...] = ()) -> str:
    """Return what is wrong with a code that the market of some symbols does not list."""
    from kiwoom_sim.market.listing.universe import load_universe  # noqa: PLC0415 - loads numpy

    try:
        load_universe(MarketConfig(symbols=(code,)), seed=1)
    except ValueError as error:
        return str(error)
    if symbols and code not in load_universe(MarketConfig(symbols=symbols), seed=1).by_code:
        return f"{show(code)} is not among market.symbols"
    return ""


def _check_refusal(path: Path, kind: BusinessError) -> Iterator[Problem]:
    """Yield what the broker's table of codes does not know."""
    codes = rest_codes()
    if kind.code not in codes:
        yield unknown_value((*path, "code"), "documented code", kind.code, codes)
        return
    known = placeholders(kind.code)
    for name in kind.parameters:
        if name not in known:
            yield unknown_value((*path, "parameters"), "placeholder", name, known)


def _check_rule(path: Path, rule: AnyRule) -> Iterator[Problem]:
    door = rule.match.door
    misplaced = False
    for place, kind in enumerate(rule.do):
        here = (*path, "do", place, "kind")
        name = kind.__struct_config__.tag
        if door not in kind.doors:
            misplaced = True
            doors = " and ".join(kind.doors)
            tables = " or ".join(_TABLES[other] for other in kind.doors)
            message = f"{name} works at the {doors} door; write it under {tables}"
            yield Problem(path=here, message=message)
        elif isinstance(rule.match, Match):
            message = _mismatch(rule.match, scope_of(kind))
            if message:
                yield Problem(path=here, message=f"{name} {message}")
        if isinstance(kind, BusinessError):
            yield from _check_refusal((*path, "do", place), kind)
    yield from _check_positions(path, rule)
    if isinstance(rule.match, WsMatch) and not misplaced:
        yield from _check_ws(path, rule.match, tuple(scope_of(kind) for kind in rule.do))


def _check_positions(path: Path, rule: AnyRule) -> Iterator[Problem]:
    """Yield the second of two kinds that both act instead of one answer."""
    takes = [place for place, kind in enumerate(rule.do) if _takes_the_answer(kind)]
    if len(takes) > 1:
        first, second = (rule.do[place].__struct_config__.tag for place in takes[:2])
        message = f"{second} never comes to anything: {first} acts instead of the answer already"
        yield Problem(path=(*path, "do", takes[1], "kind"), message=message)


def _takes_the_answer(kind: Struct) -> bool:
    """Return whether a kind always leaves nothing of the world's answer."""
    name, at = kind.__struct_config__.tag, position_of(kind)
    return name not in _UNSURE and (at == "instead" or (at == "before" and name in _ENDS))


def _mismatch(match: Match, scope: Scope) -> str:
    """Return why a kind cannot do what a REST rule wants of it, or ""."""
    for moment in ("connect", "tls"):
        if moment in match.moment and moment not in scope.moments:
            return "needs a request; nothing was asked yet when a connection opens"
    moments = match.moment or ("request",)
    if scope.moments and not any(moment in scope.moments for moment in moments):
        return 'needs match.moment = "connect"'
    return ""


def _check_ws(path: Path, match: WsMatch, scopes: tuple[Scope, ...]) -> Iterator[Problem]:
    """Yield why a rule could never fire: its kinds and its match are about different things."""
    possible: tuple[Moment, ...] = (*_IN, *_OUT)
    for scope in scopes:
        possible = tuple(m for m in possible if not scope.moments or m in scope.moments)
    if not possible:
        yield Problem(path=(*path, "do"), message="these kinds never act at the same moment")
        return
    for moment in match.moment:
        if moment not in possible:
            message = f"{show(moment)} is never a moment of what it does"
            yield Problem(path=(*path, "match", "moment"), message=message, allowed=possible)
    sides = {"in": _IN, "out": _OUT}
    if match.direction and not any(m in (match.moment or possible) for m in sides[match.direction]):
        message = f"{show(match.direction)} is never the direction of what it does"
        yield Problem(path=(*path, "match", "direction"), message=message)
    for scope in scopes:
        if scope.only and match.api and not any(agrees(match.api, name) for name in scope.only):
            message = f"{show(list(match.api))} never meets what it does"
            yield Problem(path=(*path, "match", "api"), message=message, allowed=scope.only)
