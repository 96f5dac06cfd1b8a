import pytest

from kiwoom_sim.market.listing.instruments import listed_instruments
from kiwoom_sim.market.rules.interruptions import AUCTION_MS, auction_end, trigger_bps

BY_CODE = {each.code: each for each in listed_instruments()}


@pytest.mark.parametrize(
    ("code", "dynamic"),
    [("005930", 300), ("247540", 600), ("069500", 300), ("122630", 600), ("58LSGR", 0)],
)
def test_triggers_by_kind_of_instrument(code: str, dynamic: int) -> None:
    assert trigger_bps(BY_CODE[code], "dynamic") == dynamic
    assert trigger_bps(BY_CODE[code], "static") == (1_000 if dynamic else 0)


@pytest.mark.parametrize("nominal_ms", [1_774_346_520_000, 1_774_346_520_001, 1_774_346_520_999])
def test_an_auction_ends_within_half_a_minute_and_never_at_a_whole_second(nominal_ms: int) -> None:
    ends = {auction_end(seed, "005930", nominal_ms) for seed in range(50)}
    assert len(ends) > 30
    assert all(0 < end - nominal_ms < 31_000 and end % 1_000 for end in ends)
    assert auction_end(1, "005930", nominal_ms) == auction_end(1, "005930", nominal_ms)
    assert AUCTION_MS == 120_000
