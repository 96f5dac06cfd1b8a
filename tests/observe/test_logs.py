"""Check that logging goes where it is told, and is given back."""

import json
import logging
from pathlib import Path

import pytest

from kiwoom_sim.observe import logs


def test_text_goes_to_the_file(tmp_path: Path) -> None:
    logs.configure(tmp_path / "log.txt")
    logging.getLogger("kiwoom_sim.x").info("connection opened, peer=%s", 1)
    logs.release()
    assert "connection opened, peer=1" in (tmp_path / "log.txt").read_text()
    assert logging.getLogger("kiwoom_sim").handlers == []


def test_json_lines_carry_tracebacks(tmp_path: Path) -> None:
    logs.configure(tmp_path / "log.txt", form="json")
    try:
        int("odd")
    except ValueError:
        logging.getLogger("kiwoom_sim.x").exception("request failed")
    logs.release()
    line = json.loads((tmp_path / "log.txt").read_text())
    assert line["message"] == "request failed"
    assert "ValueError: invalid" in line["traceback"]


def test_without_a_file_only_warnings_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(None)
    logging.getLogger("kiwoom_sim.x").info("quiet")
    logging.getLogger("kiwoom_sim.x").warning("loud")
    logs.release()
    shown = capsys.readouterr().err
    assert "loud" in shown
    assert "quiet" not in shown
