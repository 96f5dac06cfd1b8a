from typing import Annotated

import pytest
from msgspec import Meta, Struct

from kiwoom_sim.faults.match import Match
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.scenario.convert import BAD, Converter
from kiwoom_sim.scenario.problems import path_text
from kiwoom_sim.scenario.settings import settable


class Low(Struct, kw_only=True, tag="low", tag_field="kind"):
    depth: int = 0


class High(Struct, kw_only=True, tag="high", tag_field="kind"):
    height_ms: Annotated[int, Meta(ge=2, le=5_000)] = 2

    def mistake(self) -> str:
        return "is odd" if self.height_ms % 2 else ""


class Sample(Struct, kw_only=True):
    words: tuple[str, ...] = ()
    count: Annotated[int, Meta(gt=0, lt=10)] = 1
    on: bool = False
    short: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    way: Low | High | None = None
    ways: Annotated[tuple[Low | High, ...], Meta(min_length=1)] = (Low(),)
    pair_ms: tuple[int, int] = (0, 0)
    lows: tuple[int, ...] = ()


def convert(raw: object, struct: type[Struct] = Sample, speed: int = 1) -> tuple[object, list[str]]:
    converter = Converter(speed=speed, settings=settable(()))
    made = converter.struct(struct, raw, ())
    return made, [f"{path_text(p.path)}: {p.message}" for p in converter.problems]


def test_good_values_become_a_struct() -> None:
    raw = {"words": ["a", "b"], "count": 3, "on": True, "pair": ["1s", "2s@market"]}
    made, problems = convert(raw, speed=2)
    assert made == Sample(words=("a", "b"), count=3, on=True, pair_ms=(1_000, 1_000))
    assert problems == []


def test_one_value_stands_for_a_list_of_one() -> None:
    made, _ = convert({"words": "a", "ways": {"kind": "high", "height": "4s"}})
    assert made == Sample(words=("a",), ways=(High(height_ms=4_000),))


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (5, ": 5 is not a table"),
        ({"count": 0}, "count: 0 is not above 0"),
        ({"count": 10}, "count: 10 is not below 10"),
        ({"count": True}, "count: true is not a whole number"),
        ({"count": "3"}, 'count: "3" is not a whole number'),
        ({"on": 1}, "on: 1 is not true or false"),
        ({"short": 1}, "short: 1 is not a text in quotes"),
        ({"short": "a"}, 'short: "a" is shorter than 2'),
        ({"short": "abcd"}, 'short: "abcd" is longer than 3 characters'),
        ({"words": ["a", 1]}, "words[1]: 1 is not a text in quotes"),
        ({"way": 1}, "way: 1 is not a table; write { kind = ... }"),
        ({"way": {"height": "1s"}}, "way.kind: missing"),
        ({"way": {"kind": "hihg"}}, 'way.kind: unknown kind "hihg"'),
        ({"way": {"kind": ["high"]}}, 'way.kind: unknown kind "[\\"high\\"]"'),
        ({"way": {"kind": "high", "height": "1ms"}}, 'way.height: "1ms" is below 2'),
        ({"way": {"kind": "low", "hight": 1}}, "way.hight: unknown key"),
        ({"ways": []}, "ways: is an empty list"),
        ({"pair": ["1s"]}, 'pair: ["1s"] is not a list of 2 values'),
        ({"pair": ["1s", 2]}, "pair[1]: 2 is not a duration; write it as"),
        ({"nothing": 1}, "nothing: unknown key"),
    ],
)
def test_a_bad_value_is_told_and_spoils_the_struct(raw: object, problem: str) -> None:
    made, problems = convert(raw)
    assert made is BAD
    assert [text[: len(problem)] for text in problems] == [problem]


def test_every_problem_is_told_at_once() -> None:
    _, problems = convert({"count": -1, "on": "x", "way": {"kind": "low", "depth": "x"}})
    assert len(problems) == 3


def test_prefixed_keys_are_folded_into_their_table() -> None:
    made, problems = convert(
        {"body.stk_cd": "005930", "body": {"flag": "1"}, "header.accept": ["a", "b"]}, Match
    )
    assert problems == []
    assert made == Match(
        body={"stk_cd": ("005930",), "flag": ("1",)}, header={"accept": ("a", "b")}
    )


def test_settings_of_a_phase_are_typed() -> None:
    raw = {"id": "p", "set": {"wire.ping_misses": 2, "wire": {"ping_interval": "2s"}}}
    made, problems = convert(raw, Phase)
    assert problems == []
    assert made == Phase(id="p", settings={"wire.ping_misses": 2, "wire.ping_interval": 2_000})


def test_a_setting_that_does_not_exist_is_told() -> None:
    made, problems = convert({"id": "p", "set": {"wire.rest_per_secnd": 2}}, Phase)
    assert made is BAD
    assert problems == ['set.wire.rest_per_secnd: unknown setting "wire.rest_per_secnd"']
    assert convert({"id": "p", "set": 3}, Phase)[1] == ["set: 3 is not a table of settings"]


def test_fields_that_disagree_are_told() -> None:
    _, problems = convert({"way": {"kind": "high", "height": "3ms"}})
    assert problems == ["way: is odd"]


def test_a_list_must_have_tables_where_tables_are_wanted() -> None:
    assert convert({"body": 5}, Match)[1] == ["body: 5 is not a table"]
    assert convert({"body.x": 5}, Match)[1] == ["body.x: 5 is not a text in quotes"]
