import sys
from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.finder import find_scenario
from kiwoom_sim.scenario.kits import installed_kits, kits_home
from kiwoom_sim.scenario.loader import load_scenario


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIWOOM_SIM_KITS", str(tmp_path))
    for kit, names in {"east": ("gale", "fog"), "west": ("fog",), ".half": ("fog",)}.items():
        (tmp_path / kit).mkdir()
        for name in ("kit", *names):
            (tmp_path / kit / f"{name}.toml").write_text("schema = 1")
    (tmp_path / "no-kit").mkdir()
    return tmp_path


def test_kits_are_where_the_user_keeps_data() -> None:
    assert kits_home({"KIWOOM_SIM_KITS": "/k"}) == Path("/k")
    data = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_DATA_HOME"
    assert kits_home({data: "/d"}) == Path("/d/kiwoom-sim/kits")
    assert kits_home({}) == Path.home() / ".local/share/kiwoom-sim/kits"


def test_only_whole_kits_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(installed_kits()) == ["east", "west"]
    monkeypatch.setenv("KIWOOM_SIM_KITS", str(home / "nothing"))
    assert installed_kits() == {}


def test_a_scenario_of_a_kit_is_found_with_and_without_its_name() -> None:
    assert find_scenario("west/fog").shown == "west/fog.toml"
    assert find_scenario("gale").shown == "east/gale.toml"
    assert load_scenario("east/fog").name == "fog"
    with pytest.raises(ScenarioError, match="say which: east/fog, west/fog"):
        find_scenario("fog")
    with pytest.raises(ScenarioError, match='did you mean "west/fog"'):
        find_scenario("west/fgo")


def test_a_file_of_ones_own_may_stand_on_one(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('schema = 1\nextends = "east/gale"\nseed = 3')
    assert load_scenario(mine).seed == 3
