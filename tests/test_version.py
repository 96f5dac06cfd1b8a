"""Hold the version to what the package is released as."""

import tomllib
from pathlib import Path

import kiwoom_sim
from kiwoom_sim.version import __version__

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def test_version_is_stated_once() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__ == kiwoom_sim.__version__
