"""Survive a storm of 429 answers without waiting for it: sleeping is advancing the clock."""

import pytest
from my_bot import Broker

from kiwoom_sim.testing import KiwoomSim

pytestmark = pytest.mark.kiwoom_scenario("rate_limit", **{"clock.mode": "stepped"})


def test_the_storm_is_survived(kiwoom_sim: KiwoomSim) -> None:
    """One call per second is allowed; the client slows down and loses no quote."""
    kiwoom_sim.advance("30s")  # the calm before

    def sleep(seconds: float) -> None:
        kiwoom_sim.advance(round(seconds * 1_000))

    with Broker(kiwoom_sim.rest_url, sleep=sleep) as broker:
        prices = [broker.price("005930") for _ in range(10)]
    assert all(prices)
    assert broker.retries >= 9
    assert kiwoom_sim.faults() == {"tightened": broker.retries}
    assert kiwoom_sim.requests("ka10001") == 10 + broker.retries


def test_the_calm_is_not_felt(kiwoom_sim: KiwoomSim) -> None:
    """The real limit of five calls at once holds before the storm."""
    with Broker(kiwoom_sim.rest_url) as broker:
        assert all(broker.price("005930") for _ in range(5))
    assert broker.retries == 0
