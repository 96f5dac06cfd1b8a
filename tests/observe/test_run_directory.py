"""Check that every run gets a directory of its own."""

from pathlib import Path

import pytest

from kiwoom_sim.errors import ReplayError, StartError
from kiwoom_sim.observe.run_directory import create


def test_ids_count_up_per_scenario(tmp_path: Path) -> None:
    names = [create(tmp_path, name).run for name in ("a", "a", "b", "a")]
    assert names == ["a-0001", "a-0002", "b-0001", "a-0003"]


def test_ids_never_come_back(tmp_path: Path) -> None:
    (tmp_path / "a-0007").mkdir()
    assert create(tmp_path, "a").run == "a-0008"


def test_digests_come_back(tmp_path: Path) -> None:
    directory = create(tmp_path, "a")
    with pytest.raises(ReplayError, match=r"digests\.json"):
        directory.read_digests()
    directory.write_digests({"x": {"count": 1, "sha256": "ab"}})
    assert directory.read_digests() == {"x": {"count": 1, "sha256": "ab"}}
    (directory.path / "digests.json").write_text("oops")
    with pytest.raises(ReplayError):
        directory.read_digests()


def test_a_run_has_ended_once_its_digests_are_written(tmp_path: Path) -> None:
    before, after = create(tmp_path, "a"), create(tmp_path, "a")
    after.write_digests({})
    assert [before.ended, after.ended] == [False, True]


def test_unusable_parent_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="file"):
        create(tmp_path / "file", "a")
