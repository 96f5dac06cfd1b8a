"""Start here: each test gets a simulator of its own, with an ordinary market."""

from my_bot import Broker

from kiwoom_sim.testing import KiwoomSim


def test_a_price_is_read(kiwoom_sim: KiwoomSim) -> None:
    """The client asks the simulator as it would ask the broker, and the simulator counts."""
    with Broker(kiwoom_sim.rest_url) as broker:
        assert broker.price("005930") > 0
    assert kiwoom_sim.requests("ka10001") == 1
    assert broker.retries == 0
