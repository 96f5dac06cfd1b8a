"""Ask about 100 instruments on 20 days: a field that never varies must say why.

Each instrument is asked about on one day, five a day, at times all over the day; the soak run asks
about each on every day. What the coverage page shows as fixed, blank or slow carries a `reason`.
"""

import json
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from docs.pages.coverage import apis, types
from kiwoom_sim.core.clock import MS_PER_MINUTE, clock_ms, format_day, moment, parse_day
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer, answer_query
from kiwoom_sim.protocol.brokerage import ACCOUNT_PATH
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.confirmations import balance_push, order_push
from kiwoom_sim.protocol.projection import render_values
from kiwoom_sim.protocol.queries import GATEWAY_QUERIES
from kiwoom_sim.protocol.realtime import Realtime
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.spec import ApiSpec, Fields
from tests.protocol.traded import OWNER, busy

SEED = 20260323
DAYS = 20
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
MIX = {
    "KOSPI 대": 14, "KOSPI 중": 14, "KOSPI 소": 10, "KOSDAQ 대": 8, "KOSDAQ 중": 8, "KOSDAQ 소": 6,
    "PREF": 8, "ETF": 12, "ETN": 6, "ELW": 8, "other": 6,
}  # fmt: skip
TIMES = (
    (8, 55), (9, 0, 41), (9, 37, 5), (10, 30), (11, 48, 19), (13, 5, 2), (14, 44, 44), (15, 18, 3),
    (15, 25), (15, 45), (19,),
)  # fmt: skip
SLOW = {"ka10060", "ka10081", "ka10082", "ka10083", "ka10094", "ka20002", "ka20005"}
"""Long histories and lists, asked about one instrument or index a day."""
RARE = {
    "limit moves are rare",
    "no time before the limit is touched",
    "regular session only",
    "open orders with fills are rare",
    "stop orders with fills are rare",
    "nothing unless trades of the session before settle",
    "nothing unless the day's sales exceed its purchases",
}
"""Reasons of fields that could vary, but do not have to among 100 instruments and 20 days."""
MINUTES = ((8, 30), (8, 58), (9, 0), (10, 17), (13, 40), (15, 19), (15, 20), (15, 30), (15, 31))
EARLY = ((9, 0), (9, 3), (9, 12))
"""For indices: late in a day they take long to make."""
STOCK_TYPES = ("0A", "0B", "0C", "0D")
INDEX_TYPES = ("0J", "0U")


def kind(instrument: Instrument) -> str:
    if instrument.sec_type == "COMMON" and instrument.size_class:
        return f"{instrument.market} {instrument.size_class}"
    return instrument.sec_type if instrument.sec_type in MIX else "other"


@cache
def days() -> list[int]:
    """Return the 20 sessions."""
    calendar = load_calendar()
    first = calendar.session_index(parse_day("20260323") or 0)
    return [calendar.day_at(first + number) for number in range(DAYS)]


@cache
def market(start: int = DAYS - 1) -> Market:
    """Return a market of 100 instruments of all kinds, in random order.

    Args:
        start: Number of the day on which the run starts; indices of the days before are history,
            which is quicker to make than what is pushed.
    """
    kinds = defaultdict(list)
    for instrument in load_universe(MarketConfig(), SEED).instruments:
        kinds[kind(instrument)].append(instrument.code)
    pick = random.Random(SEED)
    codes = [code for name, count in MIX.items() for code in pick.sample(kinds[name], count)]
    pick.shuffle(codes)
    return Market(MarketConfig(symbols=tuple(codes)), seed=SEED, start_day=days()[start])


def dealt(items: Sequence[str], number: int) -> Sequence[str]:
    """Return what is asked about on the day of a number: a twentieth of all, or everything."""
    return items if SOAK else items[number::DAYS]


def shown(number: int, position: int) -> Views:
    """Return the market on the day of a number, at a time of day that moves with the position."""
    of_day = clock_ms(*TIMES[(number + position) % len(TIMES)])
    return Views(market(), moment(days()[number], of_day))


def wanted(code: str, position: int) -> str:
    """Return a code, now and then with the suffix of a venue."""
    if not market().universe.by_code[code].nxt_ok:
        return code
    return code + ("", "_NX", "_AL")[position % 3]


def codes() -> list[str]:
    return [instrument.code for instrument in market().universe.instruments]


def questions(spec: ApiSpec, number: int) -> Iterator[tuple[Views, dict[str, str]]]:
    """Return what to ask an API on the day of a number, and when."""
    if spec.path == ACCOUNT_PATH:
        yield shown(number, 0), {"qry_tp": "01"[number % 2], "stex_tp": "0"}
        return
    if spec.api_id == "ka20003":  # lists all indices of a board
        name, subjects = "inds_cd", ["001", "101"]
    elif "inds_cd" in spec.request:
        name, subjects = "inds_cd", dealt(market().indices.codes(), number)
    elif "stk_cd" in spec.request:
        name, subjects = "stk_cd", dealt(codes(), number)
    else:
        boards = list(spec.request["mrkt_tp"].codes) if "mrkt_tp" in spec.request else ["0"]
        name, subjects = "mrkt_tp", dealt(boards, number)
    if spec.api_id in SLOW and not SOAK:
        subjects = subjects[:1]
    for position, subject in enumerate(subjects):
        text = wanted(subject, position) if name == "stk_cd" else subject
        yield shown(number, position if name == "stk_cd" else 0), {name: text}


def asked(spec: ApiSpec, number: int) -> Iterator[dict[str, Any]]:
    """Return bodies of an API, asked all over the day of a number."""
    today = format_day(days()[number])
    for at, subject in questions(spec, number):
        views = at
        if spec.path == ACCOUNT_PATH:
            views = Views(at.market, at.now_ms, desk(number).statement(OWNER))
        body = {
            "base_dt": today, "dt": today, "strt_dt": today, "upd_stkpc_tp": "1",
            "tic_scope": "1", "amt_qty_tp": "2", "trde_tp": "0", "unit_tp": "1",
            "mrkt_tp": "0", "stex_tp": "1", **subject,
        }  # fmt: skip
        answer = answer_query(spec, Call(body=body), views)
        if isinstance(answer, Answer):
            yield json.loads(answer.body)


@cache
def desk(number: int) -> Desk:
    """Return what an account traded on the morning of a day."""
    at = moment(days()[number], clock_ms(10, 0, number))
    return busy(market(), at, dealt(codes(), number), seed=number)


def served() -> list[ApiSpec]:
    return [spec for spec in apis() if spec.query and spec.query not in GATEWAY_QUERIES]


@cache
def answered() -> dict[str, dict[str, set[str]]]:
    """Return the values of every field by id, day by day: a day's prices are made once for all."""
    seen = {spec.api_id: {name: set() for name in spec.reply | spec.row} for spec in served()}
    for number in range(DAYS):
        for spec in served():
            values = seen[spec.api_id]
            for body in asked(spec, number):
                for name in spec.reply:
                    values[name].add(body[name])
                for row in body.get(spec.rows, ()):
                    for name in spec.row:
                        values[name].add(row[name])
    return seen


@pytest.mark.parametrize("spec", served(), ids=lambda spec: spec.api_id)
def test_a_field_that_never_varies_says_why(spec: ApiSpec) -> None:
    check(spec.reply | spec.row, answered()[spec.api_id])


def check(fields: Fields, seen: dict[str, set[str]]) -> None:
    """Compare what was seen with what the catalogue, and so the coverage page, says."""
    empty = [name for name, values in seen.items() if not values]
    assert all(fields[name].canned == "" for name in empty), "of a list that is always empty"
    still = {name: values for name, values in seen.items() if len(values) == 1}
    silent = {name: values for name, values in still.items() if not fields[name].reason}
    assert silent == {}
    moving = {name for name in still if fields[name].canned is None and not fields[name].blank}
    assert {fields[name].reason for name in moving} <= RARE, "the reason promises more"


def heard(kinds: tuple[str, ...], number: int, items: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Return the rows that are pushed about items in some minutes of a day."""
    registry = Registry()
    registry.add(1, "1", [(name, item) for name in kinds for item in items])
    indices = kinds is INDEX_TYPES
    stream = Realtime(market(0 if indices else DAYS - 1), registry, "as-real")
    minutes = EARLY if indices and not SOAK else MINUTES
    step = 1 if SOAK else 3
    for minute in minutes[number % step :: step]:
        start = moment(days()[number], clock_ms(*minute)) - 1
        for frame in stream.frames(start, start + MS_PER_MINUTE):
            yield from json.loads(frame.body)["data"]


def pushed(number: int) -> Iterator[dict[str, Any]]:
    items = [wanted(code, position) for position, code in enumerate(dealt(codes(), number))]
    yield from heard(STOCK_TYPES, number, items)
    yield from heard(INDEX_TYPES, number, dealt(market().indices.codes(), number))
    yield from heard(("0s",), number, [""])
    yield from confirmed(number)


def confirmed(number: int) -> Iterator[dict[str, Any]]:
    """Return the rows that are pushed to the owner of the account of a day."""
    orders, balances = loader.realtime("00"), loader.realtime("04")
    assert orders is not None
    assert balances is not None
    for notice in desk(number).take_notices():
        statement, symbol = desk(number).statement(OWNER), notice.line.symbol
        quote, name = market().quote(symbol, notice.time_ms), symbol
        push = order_push(notice, statement, name, quote)
        yield {"type": "00", "values": json.loads(render_values(orders, "as-real", push))}
        if notice.position is not None:
            held = balance_push(notice, notice.position, statement, name, quote)
            yield {"type": "04", "values": json.loads(render_values(balances, "as-real", held))}


def test_a_pushed_value_that_never_varies_says_why() -> None:
    seen: dict[str, dict[str, set[str]]] = {}
    for number in range(DAYS):
        for row in pushed(number):
            spec = loader.realtime(row["type"])
            assert spec is not None
            values = seen.setdefault(spec.type, {name: set() for name in spec.values})
            for name, value in row["values"].items():
                values[name].add(value)
    assert set(seen) == {spec.type for spec in types() if spec.served}
    for type_, values in seen.items():
        spec = loader.realtime(type_)
        assert spec is not None
        check(spec.values, values)
