import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.values import show
from kiwoom_sim.scenario.variables import fill_in, protect

ENV = {"HOST": "127.0.0.2", "EMPTY": "", "A": "a"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${HOST}", "127.0.0.2"),
        ("x-${A}-${A}.y", "x-a-a.y"),
        ("${NONE:-none}", "none"),
        ("${NONE:-}", ""),
        ("${EMPTY:-else}", "else"),
        ("${EMPTY}", ""),
        ("$${HOST} ${A}", "${HOST} a"),
        ("$$${A}", "$${A}"),
        ("plain $A", "plain $A"),
    ],
)
def test_variables_are_put_in(text: str, filled: str) -> None:
    assert fill_in({"a": [text]}, ENV) == ({"a": [filled]}, [])


def test_an_unset_variable_is_told_with_its_key() -> None:
    _, problems = fill_in({"account": [{"appkey": "${NONE}"}]}, ENV)
    (problem,) = problems
    assert problem.path == ("account", 0, "appkey")
    assert problem.message.startswith("the environment variable NONE is not set")


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "${A", "${A:default}"])
def test_a_slip_of_the_form_is_told(text: str) -> None:
    _, problems = fill_in(text, ENV)
    assert "names no variable" in problems[0].message


@given(st.text(alphabet="${}A:-x"))
def test_a_protected_text_reads_back_as_it_was(text: str) -> None:
    assert fill_in(protect({"a": (text,)}), {}) == ({"a": [text]}, [])


def test_a_scenario_takes_its_variables_from_the_environment_it_is_given() -> None:
    text = 'schema = 1\ndescription = "on ${HOST}"\n'
    assert parse_scenario(text, env=ENV).description == "on 127.0.0.2"
    with pytest.raises(ScenarioError, match=r"^scenario.toml:2: description: the environment"):
        parse_scenario(text, env={})


def test_the_environment_of_the_process_serves_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KIWOOM_TEST_WORD", "said")
    scenario = parse_scenario('schema = 1\ndescription = "${KIWOOM_TEST_WORD}"')
    assert scenario.description == "said"


def test_a_kept_scenario_holds_values_and_no_variables() -> None:
    scenario = parse_scenario('schema = 1\ndescription = "$${A} ${A}"', env=ENV)
    text = render_scenario(scenario)
    assert tomllib.loads(text)["description"] == "$${A} a"
    assert parse_scenario(text, env={}) == scenario


def test_values_of_flags_are_taken_as_they_are() -> None:
    scenario = parse_scenario("schema = 1", overrides=["description=${A}"], env=ENV)
    assert scenario.description == "${A}"
    assert show("${A}") == '"${A}"'
