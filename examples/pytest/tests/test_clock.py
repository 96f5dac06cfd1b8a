"""Move the market's clock by hand: it stands still in between, however slow the machine is."""

from datetime import timedelta

import pytest
from my_bot import Broker, Refused

from kiwoom_sim.testing import KiwoomSim

pytestmark = pytest.mark.kiwoom_scenario(seed=7, **{"clock.mode": "stepped"})


def test_the_market_moves_when_told(kiwoom_sim: KiwoomSim) -> None:
    """Volume grows with market time and with nothing else."""
    began = kiwoom_sim.market_time
    with Broker(kiwoom_sim.rest_url) as broker:
        before = broker.quote("005930")
        assert broker.quote("005930") == before
        kiwoom_sim.advance("1m")
        after = broker.quote("005930")
    assert int(after["trde_qty"]) > int(before["trde_qty"])
    assert kiwoom_sim.market_time - began == timedelta(minutes=1)


@pytest.mark.kiwoom_scenario(**{"wire.token_life": "1h"})
def test_an_old_token_is_refused(kiwoom_sim: KiwoomSim) -> None:
    """An hour passes at once; then the client has to log in again."""
    with Broker(kiwoom_sim.rest_url) as broker:
        kiwoom_sim.advance("1h")
        with pytest.raises(Refused):
            broker.price("005930")
        broker.login()
        assert broker.price("005930") > 0
