import os
from pathlib import Path

import pytest

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.contents import gather
from tests.kit.builders import FILES, directory, entries, tarred, zipped


def refused(path: Path) -> str:
    with pytest.raises(KitError) as caught:
        gather(path)
    return str(caught.value)


def test_directories_and_archives_hold_the_same_kit(tmp_path: Path) -> None:
    home = directory(tmp_path / "m")
    (home / ".git").mkdir()
    (home / ".git" / "config").write_text("secret")
    expected = {name: text.encode() for name, text in FILES.items()}
    assert gather(home) == expected
    assert gather(zipped(tmp_path / "a.zip", entries())) == expected
    assert gather(zipped(tmp_path / "b.zip", entries("morning-1.2"))) == expected
    extra = [("__MACOSX/morning/kit.toml", "x"), *entries("morning")]
    assert gather(tarred(tmp_path / "c.tar.gz", extra)) == expected


def test_links_are_not_followed(tmp_path: Path) -> None:
    home = directory(tmp_path / "m")
    (tmp_path / "elsewhere.toml").write_text("schema = 1")
    (home / "stolen.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert "'stolen.toml' is a link" in refused(home)


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    home = directory(tmp_path / "m")
    os.mkfifo(home / "pipe.md")
    assert "'pipe.md' is no regular file" in refused(home)


def test_every_file_that_does_not_belong_is_told(tmp_path: Path) -> None:
    home = directory(tmp_path / "m", kit_toml="")
    (home / "hook.py").write_text("boom()")
    (home / "more").mkdir()
    (home / "more" / "deep.toml").write_text("schema = 1")
    told = refused(home).splitlines()
    assert [line.removeprefix(f"{home}: ") for line in told] == [
        "hook.py: is neither a scenario (.toml) nor a text (.md, .txt, LICENSE)",
        "more/deep.toml: lies in a directory of its own; scenarios lie beside kit.toml",
        "kit.toml: is missing",
    ]


def test_names_that_clash_are_told(tmp_path: Path) -> None:
    double = [*entries(), ("storm.toml", "schema = 1"), ("BASE.toml", "schema = 1")]
    told = refused(tarred(tmp_path / "a.tar.gz", double))
    assert "storm.toml: is there twice" in told
    assert "BASE.toml: differs from base.toml by case only" in told


def test_too_much_is_refused(tmp_path: Path) -> None:
    home = directory(tmp_path / "m")
    (home / "big.md").write_bytes(b"x" * 1_000_001)
    assert "'big.md' is larger than" in refused(home)
    (home / "big.md").unlink()
    for number in range(501):
        (home / f"n{number}.md").touch()
    assert "more than 500 entries" in refused(home)


def test_what_is_no_kit_is_told(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing")
    (tmp_path / "a.rar").touch()
    assert "neither a directory nor a .zip" in refused(tmp_path / "a.rar")
