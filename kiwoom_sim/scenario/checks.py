"""Check what no single value shows: names that refer to each other, and fields that disagree.

Every check reads the raw tables as well as the converted ones, so that a slip in one table does
not hide a slip in another.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kiwoom_sim.core.clock import date_from_day, day_from_date, day_of
from kiwoom_sim.faults.rules import Rule
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.scenario.problems import Path, Problem, unknown_value
from kiwoom_sim.scenario.values import parse_moment, show

Raw = Mapping[str, Any]

FIRST_START = day_from_date(date(2016, 1, 1))
"""First day on which a run can start: the calendar has one year before it, for yearly figures."""
LAST_START = day_from_date(date(2028, 12, 28))
"""Last day on which a run can start: the last session of the calendar."""

_MOMENTS = {"rest": ("request",), "ws": ("connect", "message", "frame")}


def check_document(raw: Raw, rules: tuple[Rule | None, ...]) -> Iterator[Problem]:
    """Yield what is wrong between the tables of a document.

    Args:
        raw: The parsed document.
        rules: The rules that could be converted, None for the others.
    """
    yield from _check_clock(raw)
    yield from _check_ids("phase", _tables(raw, "phase"))
    yield from _check_ids("rule", _tables(raw, "rule"))
    yield from _check_phase_lengths(_tables(raw, "phase"))
    yield from _check_symbols(raw)
    yield from _check_tickers(raw)
    phases = {table["id"] for table in _tables(raw, "phase") if isinstance(table.get("id"), str)}
    for place, table in enumerate(_tables(raw, "rule")):
        yield from _check_phase_names(("rule", place, "phase"), table.get("phase", []), phases)
    for place, rule in enumerate(rules):
        if rule is not None:
            yield from _check_rule(("rule", place), rule)


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


def _check_ids(key: str, tables: list[Raw]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, table in enumerate(tables):
        name = table.get("id")
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"another {key} is already named {show(name)}"
            yield Problem(path=(key, place, "id"), message=message)
        seen.add(name)


def _check_phase_lengths(tables: list[Raw]) -> Iterator[Problem]:
    for place, table in enumerate(tables[:-1]):
        if "for" not in table:
            message = "missing; only the last phase may go on to the end of the run"
            yield Problem(path=("phase", place, "for"), message=message)


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
            yield unknown_value(place, "phase", name, phases)


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
    for place, table in enumerate(_tables(raw, "event")):
        kind = table.get("do")
        code = kind.get("code") if isinstance(kind, dict) else None
        if not isinstance(code, str) or len(code) != 6:
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


def _check_rule(path: Path, rule: Rule) -> Iterator[Problem]:
    door = rule.match.door
    for place, kind in enumerate(rule.do):
        if door not in kind.doors:
            doors = " and ".join(kind.doors)
            name = kind.__struct_config__.tag
            message = f'{name} works at the {doors} door, but match.door is "{door}"'
            yield Problem(path=(*path, "do", place, "kind"), message=message)
    for moment in rule.match.moment:
        if moment not in _MOMENTS[door]:
            message = f"{show(moment)} never happens at the {door} door"
            allowed = _MOMENTS[door]
            yield Problem(path=(*path, "match", "moment"), message=message, allowed=allowed)
