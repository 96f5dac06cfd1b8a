import tomllib
from typing import Any

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.accept_hang import AcceptHang
from kiwoom_sim.faults.kinds.business_error import BusinessError
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.login_refused import LoginRefused
from kiwoom_sim.faults.kinds.malformed import Malformed
from kiwoom_sim.faults.kinds.rate_limit import RateLimit
from kiwoom_sim.faults.kinds.reset import Reset
from kiwoom_sim.faults.match import Match, WsMatch
from kiwoom_sim.faults.rules import AnyRule, Rule, WsRule
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.scenario.checks import FIRST_START, LAST_START, check_document
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.problems import path_text


def date_time(year: int) -> object:
    return tomllib.loads(f"start = {year}-01-04T09:00:00")["start"]


def told(raw: dict[str, Any], *rules: AnyRule | None, key: str = "rule") -> list[str]:
    placed = {(key, place): rule for place, rule in enumerate(rules)}
    return [f"{path_text(p.path)}: {p.message}" for p in check_document(raw, placed)]


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ({}, []),
        ({"clock": {"speed": 5, "mode": "scaled"}}, []),
        (
            {"clock": {"speed": 5}},
            ['clock.speed: 5 needs mode = "scaled" (mode is "real")'],
        ),
        ({"clock": {"start": date_time(2016)}}, []),
        ({"clock": {"start": "2028-12-28T15:30:00"}}, []),
        (
            {"clock": {"start": date_time(1999)}},
            [
                "clock.start: 1999-01-04T09:00:00 is outside the calendar; "
                "choose a day from 2016-01-01 to 2028-12-28"
            ],
        ),
        ({"clock": {"start": "then", "speed": "x", "mode": []}}, []),
        ({"phase": [{"id": "a", "for": "1s"}, {"id": "b"}]}, []),
        (
            {"phase": [{"id": "a"}, {"id": "b"}]},
            ["phase[0].for: missing; only the last phase may go on to the end of the run"],
        ),
        (
            {"rule": [{"id": "a"}, {"id": "b"}, {"id": "a"}]},
            ['rule[2].id: another rule is already named "a"'],
        ),
        (
            {"phase": [{"id": "calm"}], "rule": [{"phase": ["calm", "clam"]}, {"phase": "x"}]},
            ['rule[0].phase[1]: unknown phase "clam"', 'rule[1].phase: unknown phase "x"'],
        ),
        ({"market": {"symbols": ["005930"]}, "event": [{"do": {"code": "005930"}}]}, []),
        ({"market": {"symbols": ["57MXTL", 3]}, "event": [{"do": {"code": "005930"}}]}, []),
        (
            {"market": {"symbols": ["005930", "99999X"]}, "event": [{"do": {"code": "000660"}}]},
            [
                'market.symbols[1]: unknown symbol "99999X"',
                'event[0].do.code: "000660" is not among market.symbols',
            ],
        ),
        (
            {"event": [{"do": {"code": "005931"}}, {"do": 3}]},
            ['event[0].do.code: unknown symbol "005931"; did you mean "005935" (삼성전자우)?'],
        ),
        ({"market": {"synthetic": 5}, "event": [{"do": {"code": "999999"}}]}, []),
        ({"market": 3, "event": [{"do": {"code": 3}}, 3]}, []),
        ({"market": {"symbols": ["005930"]}, "ralph": {"tickers": ["000660"]}}, []),
        (
            {"ralph": {"tickers": ["005930", "99999X", 3]}},
            ['ralph.tickers[1]: unknown symbol "99999X"'],
        ),
        ({"market": {"synthetic": 5}, "ralph": {"tickers": ["999999"]}}, []),
        ({"market": 3, "ralph": {"tickers": 3}}, []),
        ({"ralph": 3}, []),
        ({"phase": 3, "rule": [5, {"phase": 7, "id": []}], "clock": []}, []),
    ],
)
def test_tables_are_checked_against_each_other(raw: dict[str, Any], problems: list[str]) -> None:
    assert told(raw) == problems


def test_a_kind_must_work_at_the_door_of_its_rule() -> None:
    assert told({}, None, WsRule(id="r", do=(HttpError(),)), key="ws") == [
        "ws[1].do[0].kind: http_error works at the rest door; write it under [[rule]]"
    ]
    assert told({}, Rule(id="r", do=(Gap(),))) == [
        "rule[0].do[0].kind: gap works at the ws door; write it under [[ws]]"
    ]


@pytest.mark.parametrize(
    ("match", "do", "problem"),
    [
        (WsMatch(moment=("frame",)), (Gap(),), ""),
        (WsMatch(direction="out"), (Gap(),), ""),
        (WsMatch(api=("L*",)), (LoginRefused(),), ""),
        (
            WsMatch(moment=("message",)),
            (Gap(),),
            'match.moment: "message" is never a moment of what it does',
        ),
        (
            WsMatch(direction="in"),
            (Gap(),),
            'match.direction: "in" is never the direction of what it does',
        ),
        (
            WsMatch(moment=("frame",), direction="in"),
            (Kick(),),
            'match.direction: "in" is never the direction of what it does',
        ),
        (WsMatch(), (Gap(), LoginRefused()), "do: these kinds never act at the same moment"),
        (
            WsMatch(api=("REG", "PING")),
            (LoginRefused(),),
            'match.api: ["REG", "PING"] never meets what it does',
        ),
    ],
)
def test_a_ws_rule_that_can_never_fire_is_told(
    match: WsMatch, do: tuple[FaultKind, ...], problem: str
) -> None:
    rule = WsRule(id="r", do=do, match=match)
    assert told({}, rule, key="ws") == ([f"ws[0].{problem}"] if problem else [])


def test_ids_are_unique_over_both_tables_of_rules() -> None:
    raw = {"rule": [{"id": "a"}], "ws": [{"id": "b"}, {"id": "a"}]}
    assert told(raw) == ['ws[1].id: another rule is already named "a"']


def test_a_run_can_start_where_the_calendar_reaches_a_year_back() -> None:
    calendar = load_calendar()
    assert FIRST_START - calendar.first_day == 365
    assert calendar.latest(calendar.last_day) == LAST_START


def test_a_refusal_must_be_documented_and_have_the_placeholders_it_is_given() -> None:
    known = BusinessError(code="855056", parameters={"qty": "6"})
    assert told({}, Rule(id="r", do=(known,))) == []
    unknown = BusinessError(code="80055")
    other = BusinessError(code="855056", parameters={"qyt": "6"})
    assert told({}, Rule(id="r", do=(unknown,)), Rule(id="s", do=(other,))) == [
        'rule[0].do[0].code: unknown documented code "80055"',
        'rule[1].do[0].parameters: unknown placeholder "qyt"',
    ]


def test_of_two_kinds_that_act_instead_of_the_answer_the_second_is_told() -> None:
    late, page, lost = Latency(delay_ms=5, at="after"), HttpError(), Reset()
    assert told({}, Rule(id="r", do=(late, page, Malformed(), Reset(at="during")))) == []
    assert told({}, Rule(id="r", do=(RateLimit(), page))) == []
    assert told({}, Rule(id="r", do=(late, page, lost))) == [
        "rule[0].do[2].kind: reset never comes to anything: http_error acts instead of the answer "
        "already"
    ]


def test_when_a_connection_opens_there_is_no_request_to_answer() -> None:
    opening = Match(moment=("connect",))
    rule = Rule(id="r", do=(HttpError(),), match=opening)
    assert told({}, rule) == [
        "rule[0].do[0].kind: http_error needs a request; nothing was asked yet when a connection "
        "opens"
    ]
    assert told({}, Rule(id="r", do=(AcceptHang(),), match=opening)) == []
    assert told({}, Rule(id="r", do=(AcceptHang(),))) == [
        'rule[0].do[0].kind: accept_hang needs match.moment = "connect"'
    ]


@pytest.mark.parametrize("pattern", ["wss.*", "rest", "rest.", "*"])
def test_only_answers_and_frames_have_everyday_waits(pattern: str) -> None:
    with pytest.raises(ScenarioError, match=r'write it as "rest\.\*"'):
        parse_scenario(f'schema = 1\n[latency]\n"{pattern}" = {{ delay = "1s" }}\n')
