import re

import pytest

from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.scenario.schema_rules import rules_of, values_of


def test_a_struct_that_adds_to_another_has_its_rules() -> None:
    assert rules_of(Latency)["not"] == {"required": ["delay", "range"]}
    assert rules_of(MarketConfig) == {}
    assert values_of(MarketConfig) == {}


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("ws.connections >= 1", True),
        ("rest.refused>10", True),
        ("event.vi", True),
        ("fault.gateway-page == 3", True),
        ("ws.conections >= 1", False),
        ("wsxconnections", False),
        ("event.", False),
    ],
)
def test_measures_are_known_by_name(text: str, is_known: bool) -> None:
    assert bool(re.search(values_of(Phase)["until"]["pattern"], text)) == is_known
