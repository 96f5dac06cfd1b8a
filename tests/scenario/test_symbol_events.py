"""Every kind of event stands for one command."""

import pytest

from kiwoom_sim.engine.commands import (
    Command,
    CrashPrice,
    GapOpening,
    HaltSymbol,
    InterruptSymbol,
    LockPrice,
    MuteSymbol,
    PinPrice,
    ResumeSymbol,
    SplitShares,
    TradeEvening,
)
from kiwoom_sim.scenario.loader import parse_scenario

CODE = "005930"


@pytest.mark.parametrize(
    ("do", "command"),
    [
        ('kind = "halt"', HaltSymbol(symbol=CODE)),
        ('kind = "resume"', ResumeSymbol(symbol=CODE)),
        (
            'kind = "price", price = 70000, for = "2m@market"',
            PinPrice(symbol=CODE, price_won=70_000, for_ms=120_000),
        ),
        ('kind = "split", ratio = [5, 1]', SplitShares(symbol=CODE, new_shares=5, old_shares=1)),
        (
            'kind = "gap_open", by = "5%", side = "down"',
            GapOpening(symbol=CODE, side="down", change_bps=500),
        ),
        ('kind = "limit_lock"', LockPrice(symbol=CODE, side="up", for_ms=0)),
        (
            'kind = "limit_lock", side = "down", for = "1m@market"',
            LockPrice(symbol=CODE, side="down", for_ms=60_000),
        ),
        (
            'kind = "flash_crash", by = "7%", fall = "5s@market", recovery = "1m"',
            CrashPrice(symbol=CODE, drop_bps=700, fall_ms=5_000, recovery_ms=120_000),
        ),
        (
            'kind = "no_trade", for = "10m@market"',
            MuteSymbol(symbol=CODE, for_ms=600_000),
        ),
        (
            'kind = "after_market", by = "4%", side = "down", for = "30m@market"',
            TradeEvening(symbol=CODE, side="down", change_bps=400, for_ms=1_800_000),
        ),
        (
            'kind = "vi", trigger = "static"',
            InterruptSymbol(symbol=CODE, trigger="static", side="up"),
        ),
    ],
)
def test_a_kind_is_its_command(do: str, command: Command) -> None:
    text = 'schema = 1\nclock = { mode = "scaled", speed = 2 }\n[[event]]\nat = "1s"\n'
    scenario = parse_scenario(f'{text}do = {{ code = "{CODE}", {do} }}\n', name="one")
    assert scenario.events[0].do.command() == command
