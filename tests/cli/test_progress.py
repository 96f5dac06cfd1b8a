"""Check that progress is shown to people only."""

import sys

import pytest

from kiwoom_sim.cli.progress import waiting


@pytest.mark.parametrize(("tty", "quiet"), [(False, False), (True, True)])
def test_nobody_is_shown_nothing(
    tty: bool, quiet: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: tty)
    with waiting("starting", quiet=quiet) as watch:
        watch()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_what_is_waited_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with waiting("starting small") as watch:
        watch()
    told = capsys.readouterr()
    assert told.out == ""
    assert "starting small" in told.err
