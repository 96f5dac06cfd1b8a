"""What conflicts is in `wrong/event_conflicts.toml`; here is what does not."""

import pytest

from kiwoom_sim.scenario.loader import parse_scenario

FINE = {
    "a halt that ended": """
        10:00:00 halt code="005930"
        10:05:00 resume code="005930"
        10:06:00 vi code="005930"
        10:09:00 vi code="005930"
        10:12:00 halt code="005930"
    """,
    "a lock that ended": """
        10:00:00 limit_lock code="005930",for="5m@market"
        10:05:00 flash_crash code="005930"
        15:00:00 gap_open code="005930",by="3%"
    """,
    "a held price that is let go": """
        10:00:00 price code="005930",price=200000
        10:00:30 resume code="005930"
        10:01:00 no_trade code="005930"
        10:02:00 resume code="005930"
    """,
    "two boards, two stages": """
        10:00:00 circuit_breaker market="KOSPI"
        10:01:00 circuit_breaker market="KOSDAQ"
        10:40:00 circuit_breaker market="KOSPI",stage=2
        13:00:00 index_shock market="KOSPI",by="2%"
        13:00:00 sidecar market="KOSPI"
        13:00:00 sidecar market="KOSDAQ"
    """,
    "what comes before the end": """
        10:00:00 delisting code="086520",sessions=2
        10:30:00 vi code="086520"
        11:00:00 split code="005930",ratio=[5,1]
    """,
}


def scenario(lines: str) -> str:
    text = "schema = 1\n[clock]\nstart = 2026-03-23T09:00:00\n"
    for line in lines.strip().splitlines():
        at, kind, keys = line.split()
        text += f'[[event]]\nat = {at}\ndo = {{ kind = "{kind}", {keys} }}\n'
    return text


@pytest.mark.parametrize("name", FINE)
def test_what_does_not_conflict_is_let_through(name: str) -> None:
    lines = FINE[name]
    assert len(parse_scenario(scenario(lines), name="fine").events) == len(lines.split("\n")) - 2
