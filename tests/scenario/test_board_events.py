"""Every kind of event of a board stands for one command."""

import pytest

from kiwoom_sim.engine.commands import BreakCircuit, Command, RunSidecar, ShockIndex
from kiwoom_sim.scenario.loader import parse_scenario


@pytest.mark.parametrize(
    ("do", "command"),
    [
        (
            'kind = "index_shock", by = "5%"',
            ShockIndex(board="KOSPI", side="down", change_bps=500, over_ms=60_000, recovery_ms=0),
        ),
        (
            'kind = "index_shock", market = "KOSDAQ", by = "3%", side = "up", '
            'over = "2m", recovery = "10m"',
            ShockIndex(
                board="KOSDAQ", side="up", change_bps=300, over_ms=120_000, recovery_ms=600_000
            ),
        ),
        ('kind = "circuit_breaker"', BreakCircuit(board="KOSPI", stage=1)),
        (
            'kind = "circuit_breaker", stage = 3, market = "KOSDAQ"',
            BreakCircuit(board="KOSDAQ", stage=3),
        ),
        ('kind = "sidecar", side = "buy"', RunSidecar(board="KOSPI", side="buy")),
    ],
)
def test_a_kind_is_its_command(do: str, command: Command) -> None:
    text = f'schema = 1\n[[event]]\nat = "1s"\ndo = {{ {do} }}\n'
    assert parse_scenario(text, name="one").events[0].do.command() == command
