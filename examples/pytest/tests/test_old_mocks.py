"""Speak the contract of the older FastAPI mock servers: same doors, same market."""

import httpx
import pytest
from my_bot import Broker

from kiwoom_sim.testing import KiwoomSim


@pytest.mark.kiwoom_scenario(**{"clock.mode": "stepped"})
def test_the_old_quote_tells_the_same_price(kiwoom_sim: KiwoomSim) -> None:
    """A t0414 request takes any bearer token and sees the prices that the official call sees."""
    request = {
        "jsonrpc": "2.0",
        "method": "t0414",
        "params": {"t0414InBlock": {"shcode": "005930"}},
    }
    reply = httpx.post(
        f"{kiwoom_sim.rest_url}/api/dostk/ka10001",
        json={**request, "id": 1},
        headers={"Authorization": "Bearer mock_token"},
        timeout=30,
    ).json()
    code, _name, price, *_rest = reply["result"]["t0414"]
    with Broker(kiwoom_sim.rest_url) as broker:
        assert (code, abs(int(price))) == ("005930", broker.price("005930"))
