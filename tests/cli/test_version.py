import json

import pytest

import kiwoom_sim
from kiwoom_sim.cli.version import command


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert command() == 0
    assert capsys.readouterr().out == f"kiwoom-sim {kiwoom_sim.__version__}\n"


def test_it_comes_in_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["result"]["version"] == kiwoom_sim.__version__
