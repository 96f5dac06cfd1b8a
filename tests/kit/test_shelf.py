from pathlib import Path

import pytest

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit import shelf
from kiwoom_sim.scenario.loader import load_scenario
from tests.kit.builders import directory


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIWOOM_SIM_KITS", str(tmp_path / "kits"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kits"


def test_an_installed_kit_is_found_by_name(tmp_path: Path, home: Path) -> None:
    kit, place = shelf.install(directory(tmp_path / "m"))
    assert place == home / "morning"
    assert {path.name for path in home.iterdir()} == {"morning"}
    kits, problems = shelf.shelved_kits()
    assert [each.manifest.name for each in kits] == ["shipped", "morning"]
    assert problems == []
    assert kits[1].manifest == kit.manifest
    assert load_scenario("morning/storm") == load_scenario("storm") == kit.scenarios["storm"]
    assert shelf.find_kit("nothing") is None
    assert shelf.nearest_kit("mornin") == "morning"


def test_a_kit_is_never_overwritten(tmp_path: Path, home: Path) -> None:
    source = directory(tmp_path / "m")
    shelf.install(source)
    (source / "storm.toml").write_text("schema = 1")
    with pytest.raises(KitError, match="is installed and is left as it is"):
        shelf.install(source)
    assert "extends" in (home / "morning" / "storm.toml").read_text()


@pytest.mark.parametrize("place", ["file", "link", "empty directory"])
def test_whatever_is_in_its_place_stays(place: str, tmp_path: Path, home: Path) -> None:
    home.mkdir()
    if place == "file":
        (home / "morning").write_text("mine")
    elif place == "link":
        (home / "morning").symlink_to(tmp_path / "nowhere")
    else:
        (home / "morning").mkdir()
    with pytest.raises(KitError, match="left as it is"):
        shelf.install(directory(tmp_path / "m"))
    assert [path.name for path in home.iterdir()] == ["morning"]


def test_nothing_is_left_behind_when_something_is_wrong(tmp_path: Path, home: Path) -> None:
    with pytest.raises(KitError, match="seed"):
        shelf.install(directory(tmp_path / "m", storm_toml="schema = 1\nseed = -1"))
    assert list(home.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KIWOOM_SIM_KITS", str(tmp_path / "file" / "kits"))
    with pytest.raises(KitError, match="Not a directory"):
        shelf.install(directory(tmp_path / "m"))


def test_a_kit_that_was_spoilt_is_told_and_the_others_are_listed(
    tmp_path: Path, home: Path
) -> None:
    shelf.install(directory(tmp_path / "m"))
    (home / "spoilt").mkdir()
    (home / "spoilt" / "kit.toml").write_text("schema = 1")
    kits, problems = shelf.shelved_kits()
    assert len(kits) == 2
    assert all("spoilt" in problem for problem in problems)


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_an_exported_kit_can_be_added_and_exported_again(
    ending: str, tmp_path: Path, home: Path
) -> None:
    source = directory(tmp_path / "m")
    _, first = shelf.export(source, tmp_path / f"a{ending}")
    _, place = shelf.install(first)
    (source / "README.md").touch()
    _, second = shelf.export(place, tmp_path / f"b{ending}")
    assert first.read_bytes() == second.read_bytes()


def test_an_archive_is_never_overwritten(tmp_path: Path) -> None:
    source = directory(tmp_path / "m")
    _, place = shelf.export(source, None)
    assert str(place) == "morning-1.2.tar.gz"
    with pytest.raises(KitError, match="exists already"):
        shelf.export(source, None)
    with pytest.raises(KitError, match=r"an archive ends in \.zip"):
        shelf.export(source, tmp_path / "a.rar")
    with pytest.raises(KitError, match="No such file"):
        shelf.export(source, tmp_path / "no" / "a.zip")
