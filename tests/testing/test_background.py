"""Check that a simulator in a thread starts, keeps its run, and hands its failure on."""

from pathlib import Path

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.testing.background import BackgroundSimulator


def test_a_run_is_kept_where_it_is_told(tmp_path: Path) -> None:
    with BackgroundSimulator(runs=tmp_path) as simulator:
        assert simulator.rest_url.startswith("http://127.0.0.1:")
        assert simulator.ws_url.startswith("ws://127.0.0.1:")
    assert (tmp_path / "normal_market-0001" / "digests.json").is_file()


def test_a_start_that_fails_is_told_to_the_caller(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError), BackgroundSimulator(runs=tmp_path / "file"):
        pass
