from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.rules import Rule
from kiwoom_sim.scenario.hooks import VARIABLE, HookUse, hooks_of, use_of
from kiwoom_sim.scenario.loader import check_strictly, load_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.packages import install

TEXT = """
schema = 1
[[{table}]]
id = "mine"
match = {{ {match} }}
do = {{ kind = "hook", name = "{name}", at = "{at}", args = {{ rows = [1, 2.5, "x"] }} }}
"""
POINTS = {
    "slow": "hooks_of_a_test:slow",
    "broken": "hooks_of_a_test:missing",
    "number": "hooks_of_a_test:NUMBER",
}
CODE = "NUMBER = 5\n\ndef slow(call):\n    return None\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path, monkeypatch, "hooks_of_a_test", POINTS, CODE)
    return tmp_path


def load(home: Path, name: str = "slow", use: HookUse | None = "allowed", **other: str) -> Scenario:
    file = home / "made.toml"
    file.write_text(
        TEXT.format(**{"table": "rule", "at": "before", "match": "", "name": name, **other})
    )
    return load_scenario(file, env={}, hooks=use)


def told(home: Path, *args: str, use: HookUse | None = "allowed", **other: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(home, *args, use=use, **other)
    [problem] = caught.value.problems
    return problem.replace(f"{home}/", "")


def test_nothing_of_a_package_runs_unasked(home: Path) -> None:
    assert told(home, use=None) == (
        'made.toml:6: rule[0].do[0].name: hook "slow" is code from outside this file; if you trust '
        "it, allow it with --allow-hooks or KIWOOM_SIM_ALLOW_HOOKS=1"
    )
    assert load(home, use="unread").rules
    assert use_of(allowed=False, env={}) == "refused"
    assert use_of(allowed=False, env={VARIABLE: "0"}) == "refused"
    assert use_of(allowed=False, env={VARIABLE: "1"}) == "allowed"
    assert use_of(allowed=True, env={}) == "allowed"


def test_a_hook_is_found_by_its_entry_point(home: Path) -> None:
    scenario = load(home)
    assert scenario.rules[0].do == (Hook(name="slow", args={"rows": [1, 2.5, "x"]}),)
    assert hooks_of(scenario)["slow"].__name__ == "slow"
    assert 'rows = [1, 2.5, "x"]' in render_scenario(scenario)
    assert check_strictly(home / "made.toml", env={VARIABLE: "1"}) == ()


def test_a_hook_that_is_not_installed_is_told_with_the_nearest(home: Path) -> None:
    assert told(home, "slwo").splitlines() == [
        'made.toml:6: rule[0].do[0].name: unknown hook "slwo"',
        "  allowed: broken, number, slow",
        '  did you mean "slow"?',
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [("broken", "cannot be loaded: AttributeError"), ("number", "is no function: hooks_of_a_test")],
)
def test_a_hook_that_cannot_be_called_is_told(home: Path, name: str, why: str) -> None:
    assert f'hook "{name}" {why}' in told(home, name)
    with pytest.raises(ScenarioError, match=why):
        hooks_of(Scenario(name="s", rules=(Rule(id="r", do=(Hook(name=name),)),)))


def test_where_no_package_has_hooks_that_is_told(tmp_path: Path) -> None:
    assert told(tmp_path).endswith(
        'unknown hook "slow"; no installed package has entry points in kiwoom_sim.hooks'
    )


def test_only_answers_to_requests_are_changed_after_they_were_made(home: Path) -> None:
    assert told(home, table="ws", at="after", match='moment = "frame"') == (
        'made.toml:6: ws[0].do: "after" changes answers to requests; under [[ws]] leave it out'
    )


def test_when_a_connection_opens_there_is_no_answer_to_change(home: Path) -> None:
    assert told(home, at="after", match='moment = "connect"').startswith(
        'made.toml:6: rule[0].do: "after" changes answers; nothing was asked yet'
    )
    load(home, match='moment = "connect"')


def test_a_hook_at_the_websocket_says_what_it_is_asked_about(home: Path) -> None:
    assert told(home, table="ws").startswith("made.toml:5: ws[0].match.moment: missing; a hook is")
