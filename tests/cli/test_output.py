import json
import os
import subprocess
import sys

import pytest

from kiwoom_sim.cli import output
from kiwoom_sim.cli.output import Exit


def test_exit_codes_are_those_of_the_manual() -> None:
    assert {code.name: code.value for code in Exit} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "CANNOT_START": 3,
        "DIVERGED": 4,
        "CLIENT_FAILED": 5,
        "INCONCLUSIVE": 6,
        "INTERNAL": 70,
        "INTERRUPTED": 130,
    }


def test_of_several_exit_codes_the_gravest_stands() -> None:
    order = [70, 3, 4, 5, 1, 6, 0]
    assert [int(code) for code in output.PRECEDENCE] == order
    for place, code in enumerate(order):
        assert output.worst(*(Exit(each) for each in reversed(order[place:]))) == code


def test_data_and_talk_never_mix(capsys: pytest.CaptureFixture[str]) -> None:
    output.put("data")
    output.talk("talk")
    assert capsys.readouterr() == ("data\n", "talk\n")


def test_the_envelope_is_always_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    output.put_json({"a": "가"})
    output.put_json_error("usage", ["no"])
    first, second = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"schema": 1, "ok": True, "result": {"a": "가"}}
    assert json.loads(second) == {
        "schema": 1, "ok": False, "error": {"kind": "usage", "problems": ["no"]},
    }  # fmt: skip


def test_off_a_terminal_rows_have_tabs_and_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    output.put_table(("a", "b"), [("x", "y"), ("1", "2")])
    assert capsys.readouterr().out == "x\ty\n1\t2\n"


def test_on_a_terminal_rows_are_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    output.put_table(("head", "b"), [("[x]", "y")])
    text = capsys.readouterr().out
    assert "head" in text
    assert "[x]" in text


def test_a_dumb_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not output.is_terminal()
    monkeypatch.setenv("TERM", "xterm")
    assert output.is_terminal()


def told(words: list[str], **variables: str) -> bytes:
    """Return what the command line writes to a pipe, read as Korean."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONIOENCODING"}
    done = subprocess.run(
        [sys.executable, "-m", "kiwoom_sim", *words],
        env={**kept, "KIWOOM_SIM_LANG": "ko", **variables}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (Exit.OK, False), done.stderr
    return done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp949"])
def test_korean_never_breaks_a_stream(encoding: str) -> None:
    assert told(["apis", "ka10001"], PYTHONIOENCODING=encoding)
    plain = json.loads(told(["apis", "ka10001", "--json"]).decode("utf-8"))
    narrow = told(["apis", "ka10001", "--json"], PYTHONIOENCODING=encoding)
    assert json.loads(narrow.decode(encoding)) == plain
    assert "주식" in str(plain)


def test_a_pipe_gets_utf_8_on_every_platform() -> None:
    # The C locale, neither coerced nor in UTF-8 mode, is to Python what a code page of Windows is.
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert "주식" in told(["apis", "ka10001"], **plain).decode("utf-8")
