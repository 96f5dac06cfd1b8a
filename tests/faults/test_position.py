from typing import get_args

import pytest
from msgspec import Struct

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.malformed import Malformed
from kiwoom_sim.faults.kinds.reset import Reset
from kiwoom_sim.faults.kinds.slow_body import SlowBody
from kiwoom_sim.faults.kinds.token_expired import TokenExpired
from kiwoom_sim.faults.position import is_free, position_of, positions
from kiwoom_sim.scenario.loader import parse_scenario

PLACES = {"before", "during", "instead", "after"}


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        (Latency, ("before", "after")),
        (HttpError, ("instead",)),
        (Malformed, ("after",)),
        (SlowBody, ("after",)),
        (TokenExpired, ("before",)),
        (Gap, ()),
    ],
)
def test_a_kind_has_its_places(kind: type[Struct], places: tuple[str, ...]) -> None:
    assert positions(kind) == places


def test_every_kind_says_where_it_acts() -> None:
    for kind in get_args(FaultKind):
        assert set(positions(kind)) <= PLACES, kind
        assert len(positions(kind)) > 1 or not is_free(kind), kind


def test_a_rule_chooses_where_there_is_a_choice() -> None:
    assert position_of(Reset(at="during")) == "during"
    assert position_of(Latency(delay_ms=1)) == "before"
    assert position_of(HttpError()) == "instead"
    assert position_of(Gap()) == ""


def load(table: str, do: str) -> None:
    parse_scenario(f'schema = 1\n[[{table}]]\nid = "r"\ndo = {{ {do} }}\n', file="f.toml")


@pytest.mark.parametrize(
    ("table", "do"),
    [
        ("rule", 'kind = "http_error", at = "instead"'),
        ("rule", 'kind = "malformed", at = "after"'),
        ("rule", 'kind = "latency", delay = "1s", at = "after"'),
        ("ws", 'kind = "ignored", at = "after"'),
    ],
)
def test_a_place_may_be_named_where_there_is_no_choice(table: str, do: str) -> None:
    load(table, do)


@pytest.mark.parametrize(
    ("table", "do", "message"),
    [
        ("rule", 'kind = "http_error", at = "after"', '"after" is not where http_error acts'),
        ("rule", 'kind = "reset", at = "instead"', '"instead" is not where reset acts'),
        ("ws", 'kind = "gap", at = "before"', "gap acts on frames as they leave; it takes no at"),
        ("rule", 'kind = "http_error", at = 1', "1 is not where http_error acts"),
    ],
)
def test_a_place_where_a_kind_never_acts_is_told(table: str, do: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(table, do)
    [problem] = caught.value.problems
    assert problem.startswith(f"f.toml:4: {table}[0].do.at: {message}")
