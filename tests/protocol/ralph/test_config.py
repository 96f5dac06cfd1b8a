"""Check what a scenario may choose about the dialect of the older mocks."""

from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.scenario.loader import load_scenario


def test_a_file_writes_durations_and_rates_with_units(tmp_path: Path) -> None:
    file = tmp_path / "old_days.toml"
    file.write_text('schema = 1\n[ralph]\ninterval = "500ms"\nvcp = "25%"\nclosing_bet = "0%"\n')
    ralph = load_scenario(file).ralph
    assert ralph == RalphConfig(interval_ms=500, vcp_bps=2_500, closing_bet_bps=0)


def test_a_rate_above_certainty_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "old_days.toml"
    file.write_text('schema = 1\n[ralph]\nvcp = "101%"\n')
    with pytest.raises(ScenarioError, match=r"ralph\.vcp"):
        load_scenario(file)
