from pathlib import Path

import pytest

from kiwoom_sim.errors import KitError, ScenarioError
from kiwoom_sim.kit.check import hooks_of, read_kit
from kiwoom_sim.scenario.loader import load_scenario
from tests.kit.builders import MANIFEST, directory


def refused(path: Path) -> tuple[str, ...]:
    with pytest.raises(KitError) as caught:
        read_kit(path)
    return caught.value.problems


def test_a_good_kit_has_all_its_scenarios(tmp_path: Path) -> None:
    kit = read_kit(directory(tmp_path / "m"))
    assert list(kit.scenarios) == ["base", "storm"]
    assert kit.scenarios["storm"].seed == 5
    assert kit.scenarios["storm"].phases == kit.scenarios["base"].phases != ()


def test_every_problem_of_every_file_is_told(tmp_path: Path) -> None:
    home = directory(
        tmp_path / "m", kit_toml='schema = 1\nname = "m"\nversion = "1"\n',
        base_toml="schema = 1\nsed = 1\n", storm_toml="schema = 1\nseed = -1\n",
        rate_limit_toml="schema = 1", Big_toml="schema = 1", mine_toml='schema = 1\nname = "other"',
    )  # fmt: skip
    (home / "rate_limit.toml").write_text("schema = 1")
    told = [problem.removeprefix(f"{home}/").partition("\n")[0] for problem in refused(home)]
    assert told == [
        "kit.toml:1: author: missing",
        "Big.toml: a name has small letters, digits and _ and starts with a letter",
        "base.toml:2: sed: unknown key",
        'mine.toml: name: is "other", but the file is mine.toml',
        "rate_limit.toml: a shipped scenario has that name",
        "storm.toml:2: seed: -1 is below 0",
    ]


@pytest.mark.parametrize("base", ["../secret.toml", "/etc/passwd", "other/storm", "storm2.toml"])
def test_a_scenario_stands_on_nothing_outside_its_kit(base: str, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text('schema = 1\ndescription = "secret"')
    home = directory(tmp_path / "m", storm_toml=f'schema = 1\nextends = "{base}"')
    (problem,) = refused(home)
    assert problem.startswith(f'{home}/storm.toml: extends: "{base}" is neither in the kit nor')


def test_a_kit_needs_a_scenario_and_a_name_of_its_own(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("morning", "shipped")
    home = directory(tmp_path / "m", kit_toml=manifest, base_toml="", storm_toml="")
    assert [problem.partition(": ")[2] for problem in refused(home)] == [
        "name: shipped is the one that comes with kiwoom-sim", "holds no scenario",
    ]  # fmt: skip


def test_the_environment_of_whoever_checks_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIT_SEED", "7")
    monkeypatch.setenv("KIWOOM_SIM_SEED", "nonsense")
    text = 'schema = 1\ndescription = "${KIT_SEED}"'
    (problem,) = refused(directory(tmp_path / "m", storm_toml=text))
    assert "KIT_SEED" in problem


def test_hooks_are_declared_and_not_looked_for(tmp_path: Path) -> None:
    rule = 'schema = 1\n[[rule]]\nid = "r"\ndo = { kind = "hook", name = "fade" }\n'
    home = directory(tmp_path / "m", storm_toml=rule)
    assert refused(home) == (
        f'{home}/storm.toml: hook "fade" is not among requires.hooks of kit.toml',
    )
    declared = directory(
        tmp_path / "n", storm_toml=rule, kit_toml=MANIFEST + '[requires]\nhooks = ["fade"]\n'
    )
    assert hooks_of(read_kit(declared).scenarios["storm"]) == ["fade"]
    with pytest.raises(ScenarioError, match="--allow-hooks"):
        load_scenario(declared / "storm.toml")
