from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.finder import find_scenario, shipped_scenarios


def test_the_first_three_scenarios_are_shipped() -> None:
    names = [found.name for found in shipped_scenarios()]
    assert {"normal_market", "outage_503", "rate_limit"} <= set(names)
    assert names == sorted(names)


def test_a_file_is_found_as_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("schema = 1", encoding="utf-8")
    found = find_scenario(str(file))
    assert (found.name, found.shown, found.is_shipped) == ("mine", str(file), False)


def test_a_shipped_name_is_found_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_scenario("rate_limit")
    assert found.is_shipped
    assert found.instead_of == ""
    assert found.path.is_file()


@pytest.mark.parametrize("source", ["scenarios/rate_limit.toml", "elsewhere/rate_limit"])
def test_a_shipped_scenario_stands_in_for_a_missing_path(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_scenario(source)
    assert found.is_shipped
    assert found.instead_of == source


def test_a_file_goes_before_a_shipped_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rate_limit").write_text("schema = 1", encoding="utf-8")
    assert not find_scenario("rate_limit").is_shipped


@pytest.mark.parametrize("source", ["rate_limt", "x/rate_limt.toml", "rate_limit.yaml"])
def test_a_name_that_does_not_exist_is_told_with_the_nearest(source: str) -> None:
    with pytest.raises(ScenarioError, match="no such scenario") as caught:
        find_scenario(source)
    assert 'did you mean "rate_limit"?' in str(caught.value)
