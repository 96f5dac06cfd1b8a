import pytest

from kiwoom_sim.cli import shelf
from kiwoom_sim.cli.shelf import Head, put_heads

HEADS = [
    Head(name="calm", group="market", description="A day", tags=("a", "b"), path="x"),
    Head(name="a_rather_long_name", group="limits", description="D " * 99, tags=("c",), path="x"),
    Head(name="own", group="", description="", tags=(), path="x"),
]


def test_lines_have_tabs_between_what_they_tell(capsys: pytest.CaptureFixture[str]) -> None:
    put_heads(HEADS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "calm\tmarket\tA day\ta, b"
    assert [line.count("\t") for line in lines] == [3, 3, 3]


def test_a_terminal_shows_groups_whole_names_and_one_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shelf, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    put_heads(HEADS)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    first = [line.split(" ")[0] for line in lines if line]
    assert first[2:] == ["market", "calm", "limits", "a_rather_long_name", "-", "own"]
