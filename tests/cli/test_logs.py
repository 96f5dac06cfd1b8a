"""Check that `logs` prints the end of the log and follows it across a restart."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiwoom_sim.cli import logs
from kiwoom_sim.cli.logs import follow_file, last_lines
from kiwoom_sim.cli.output import Exit
from tests.cli.background import WAIT_S, Place, place, result

__all__ = ["place"]


@pytest.fixture
def log(place: Place) -> Path:
    place.state.directory.mkdir(parents=True)
    place.state.log.write_text("".join(f"line {number}\n" for number in range(200)))
    return place.state.log


def test_the_end_is_printed(place: Place, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.do("logs") == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("line 100", "line 199", 100)
    assert place.do("logs", "--tail", "0") == Exit.OK
    assert capsys.readouterr().out == ""
    assert place.do("logs", "--tail", "2", "--json") == Exit.OK
    assert result(capsys) == {"log": str(log), "lines": ["line 198", "line 199"]}


def test_without_a_log_it_says_so(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.do("logs") == Exit.FAILED
    assert "there is no log yet" in capsys.readouterr().err
    assert place.do("logs", "--json") == Exit.FAILED
    assert result(capsys)["lines"] == []


def test_following_makes_no_envelope(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.do("logs", "--follow", "--json") == Exit.USAGE
    assert "--follow" in capsys.readouterr().out


def test_only_what_follows_an_offset_counts(log: Path) -> None:
    assert last_lines(log, 5, since=log.stat().st_size - 9) == ["line 199"]
    assert last_lines(log, 1, since=1 << 30) == ["line 199"]
    assert last_lines(log.with_name("nothing"), 5) == []


def test_following_goes_on_with_what_is_written(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    korean = "거래\n".encode()

    def write_more(seconds: float) -> None:
        """Stand for the time between two looks, in which somebody writes."""
        waits.append(seconds)
        if len(waits) == 1:
            with log.open("ab") as file:
                file.write(b"appended\n" + korean[:2])
        elif len(waits) == 2:
            with log.open("ab") as file:
                file.write(korean[2:])
        elif len(waits) == 3:
            log.rename(log.with_name("log.1.txt"))
        elif len(waits) == 4:
            log.write_text("put aside\n")
        else:
            log.write_text("cut\n")

    monkeypatch.setattr(logs.time, "sleep", write_more)
    said = follow_file(log, 1)
    heard = [next(said) for _ in range(5)]
    said.close()
    assert heard == ["line 199\n", "appended\n", "거래\n", "put aside\n", "cut\n"]
    assert waits == [logs.LOOK_S] * 5


def test_ctrl_c_ends_the_following_well(place: Place, log: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "kiwoom_sim", *place.words("logs", "-f", "--tail", "1")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as following:  # fmt: skip
        assert following.stdout is not None
        assert following.stdout.readline() == "line 199\n"
        with log.open("a") as file:
            file.write("more\n")
        assert following.stdout.readline() == "more\n"
        following.send_signal(signal.SIGINT)
        _, told = following.communicate(timeout=WAIT_S)
    assert (following.returncode, told) == (Exit.OK, "")
