from kiwoom_sim.engine.views import Views
from tests.market.markets import RUN_DAY, at, open_market


def test_an_instrument_is_known_while_it_is_listed() -> None:
    market = open_market()
    market.listings.delist("247540", at(10), 0, 0)
    assert Views(market, at(23)).instrument("247540") is not None
    assert Views(market, at(0, on=RUN_DAY + 1)).instrument("247540") is None
    assert Views(market, at(10)).instrument("000000") is None
