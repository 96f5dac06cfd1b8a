"""Every kind of event of a whole day stands for its hours."""

import pytest

from kiwoom_sim.engine.commands import ChangeHours
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.loader import parse_scenario

HEAD = "schema = 1\n[[event]]\nat = 2026-03-24T00:00:00\ndo = { kind = "


@pytest.mark.parametrize(
    ("do", "hours"),
    [
        ('"exam_day"', "shifted"),
        ('"late_open"', "late"),
        ('"early_close"', "early 1300"),
        ('"early_close", close = "14:30"', "early 1430"),
    ],
)
def test_a_kind_is_its_command(do: str, hours: str) -> None:
    scenario = parse_scenario(f"{HEAD}{do} }}\n", name="one")
    assert scenario.events[0].do.command() == ChangeHours(hours=hours)


@pytest.mark.parametrize("close", ["09:20", "15:30", "16:00", "13"])
def test_a_close_lies_inside_the_usual_hours(close: str) -> None:
    with pytest.raises(ScenarioError, match="not a time from 09:30"):
        parse_scenario(f'{HEAD}"early_close", close = "{close}" }}\n', name="one")
