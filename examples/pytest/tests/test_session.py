"""Share one simulator between tests that only read: it starts once (per xdist worker)."""

import pytest
from my_bot import Broker

from kiwoom_sim.testing import KiwoomSim


@pytest.mark.parametrize("code", ["005930", "000660", "035420"])
def test_shares_have_prices(kiwoom_sim_session: KiwoomSim, code: str) -> None:
    """The tests share a market, and keys and limits too: give each test a key of its own."""
    with Broker(kiwoom_sim_session.rest_url, appkey=f"key-of-{code}") as broker:
        assert broker.price(code) > 0
