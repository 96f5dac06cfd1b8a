from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.rules.ticks import UNLIMITED
from kiwoom_sim.protocol.queries.quote_lines import bounded_limit, quote_line
from tests.protocol import samples, worlds


def instrument() -> Instrument:
    return worlds.market().universe.by_code["005930"]


def test_a_line_follows_from_the_quote() -> None:
    line = quote_line("005930_AL", instrument(), samples.quote())
    assert (line.symbol, line.name) == ("005930_AL", "삼성전자")
    assert (line.change, line.rate, line.sign) == (1_000, 145, "2")
    assert (line.volume_share, line.strength) == (-8_000, 15_000)
    assert line.signed_quantity == -7
    assert line.market_cap == 70_000 * 1_000_000


def test_quotes_of_an_auction_are_expected_ones() -> None:
    line = quote_line("005930", instrument(), samples.quote(expected_price=70_000))
    assert (line.expected_ask, line.expected_bid) == (70_100, 70_000)
    assert quote_line("005930", instrument(), samples.quote()).expected_ask == 0


def test_an_instrument_without_limits_shows_none() -> None:
    line = quote_line("005930", instrument(), samples.quote(upper_limit=UNLIMITED, lower_limit=5))
    assert (line.upper_limit, line.lower_limit) == (0, 0)
    assert bounded_limit(100) == 100
