from kiwoom_sim.scenario.groups import GROUPS, rank
from kiwoom_sim.scenario.loader import parse_scenario


def test_lists_begin_with_the_market_and_end_with_what_has_no_group() -> None:
    assert sorted(["combined", "", "limits", "market"], key=rank) == [
        "market", "limits", "combined", "",
    ]  # fmt: skip


def test_a_scenario_may_be_of_any_group_and_of_none() -> None:
    for group in GROUPS:
        assert parse_scenario(f'schema = 1\ngroup = "{group}"').group == group
    assert parse_scenario("schema = 1").group is None
