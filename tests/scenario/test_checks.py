import tomllib
from typing import Any

import pytest

from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.match import Match
from kiwoom_sim.faults.rules import Rule
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.scenario.checks import FIRST_START, LAST_START, check_document
from kiwoom_sim.scenario.problems import path_text


def date_time(year: int) -> object:
    return tomllib.loads(f"start = {year}-01-04T09:00:00")["start"]


def told(raw: dict[str, Any], *rules: Rule | None) -> list[str]:
    return [f"{path_text(p.path)}: {p.message}" for p in check_document(raw, rules)]


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
    rule = Rule(id="r", do=(HttpError(),), match=Match(door="ws"))
    assert told({}, None, rule) == [
        'rule[1].do[0].kind: http_error works at the rest door, but match.door is "ws"'
    ]


def test_a_moment_must_happen_at_the_door_of_its_rule() -> None:
    rule = Rule(id="r", do=(HttpError(),), match=Match(moment=("frame",)))
    assert told({}, rule) == ['rule[0].match.moment: "frame" never happens at the rest door']


def test_a_run_can_start_where_the_calendar_reaches_a_year_back() -> None:
    calendar = load_calendar()
    assert FIRST_START - calendar.first_day == 365
    assert calendar.latest(calendar.last_day) == LAST_START
