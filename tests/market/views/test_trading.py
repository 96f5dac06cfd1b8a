"""How a symbol trades at an instant, by venue: continuously, in an auction, or not at all."""

import pytest

from kiwoom_sim.market.records import Venue
from kiwoom_sim.market.views.trading import Matching, Trading
from tests.market.markets import RUN_DAY, at, day, open_market, shared_market

CODE, FUND = "005930", "069500"
CLOSED, AUCTION, CONTINUOUS, HALTED = Matching
LATE, CSAT, EVENING = day("20260102"), day("20251113"), day("20260915")


def matching(code: str, now: int, venue: Venue = Venue.KRX) -> Matching:
    return shared_market().trading(code, now, venue).matching


@pytest.mark.parametrize(
    ("now", "krx", "nxt", "both"),
    [
        (at(7), CLOSED, CLOSED, CLOSED),
        (at(8, 29, 59, 999), CLOSED, CLOSED, CLOSED),
        (at(8, 30), AUCTION, CLOSED, AUCTION),
        (at(9), AUCTION, CLOSED, AUCTION),  # it ends at a random instant of the first 30 s
        (at(9, 0, 29, 999), CONTINUOUS, CLOSED, CONTINUOUS),
        (at(9, 0, 30), CONTINUOUS, CONTINUOUS, CONTINUOUS),
        (at(15, 19, 59, 999), CONTINUOUS, CONTINUOUS, CONTINUOUS),
        (at(15, 20), AUCTION, CLOSED, AUCTION),
        (at(15, 30), AUCTION, CLOSED, AUCTION),
        (at(15, 30, 30), CLOSED, CLOSED, CLOSED),
        (at(17), CLOSED, CLOSED, CLOSED),
        (at(10, on=day("20260321")), CLOSED, CLOSED, CLOSED),
        (at(9, 30, on=LATE), AUCTION, CLOSED, AUCTION),
        (at(10, 1, on=LATE), CONTINUOUS, CONTINUOUS, CONTINUOUS),
        (at(16, 15, on=CSAT), CONTINUOUS, CONTINUOUS, CONTINUOUS),
        (at(16, 25, on=CSAT), AUCTION, CLOSED, AUCTION),
        (at(17, on=EVENING), CLOSED, CLOSED, CLOSED),
    ],
)
def test_a_day_has_its_phases(now: int, krx: Matching, nxt: Matching, both: Matching) -> None:
    assert [matching(CODE, now, venue) for venue in Venue] == [krx, nxt, both]


def test_the_alternative_venue_does_not_trade_what_it_does_not_list() -> None:
    assert matching(FUND, at(10), Venue.NXT) is CLOSED
    assert matching(FUND, at(10), Venue.ALL) is CONTINUOUS
    assert matching(CODE, at(10, on=day("20230125")), Venue.NXT) is CLOSED


@pytest.mark.parametrize(
    ("code", "now", "venue", "first", "last"),
    [
        (CODE, at(10), Venue.KRX, at(15, 30), at(15, 30, 30)),
        (FUND, at(10), Venue.ALL, at(15, 30), at(15, 30, 30)),
        (CODE, at(8, 10), Venue.NXT, at(20), at(20)),
        (CODE, at(10), Venue.ALL, at(20), at(20)),
        (CODE, at(10, on=CSAT), Venue.KRX, at(16, 30, on=CSAT), at(16, 30, 30, on=CSAT)),
        (CODE, at(10, on=EVENING), Venue.KRX, at(15, 30, on=EVENING), at(15, 30, 30, on=EVENING)),
        (CODE, at(16, 1, on=EVENING), Venue.KRX, at(20, on=EVENING), at(20, on=EVENING)),
    ],
)
def test_orders_lapse_with_the_day_of_their_venue(
    code: str, now: int, venue: Venue, first: int, last: int
) -> None:
    assert first <= shared_market().trading(code, now, venue).lapse_ms <= last


def test_on_a_day_without_a_session_orders_lapse_at_once() -> None:
    now = at(10, on=day("20260321"))
    closed = Trading(matching=CLOSED, lapse_ms=now)
    assert shared_market().trading(CODE, now) == closed
    now = at(10)
    assert shared_market().trading(FUND, now, Venue.NXT) == Trading(matching=CLOSED, lapse_ms=now)


def test_orders_lapse_when_the_closing_auction_has_printed() -> None:
    market = shared_market()
    closing = market.trades(CODE, at(15, 21), at(16))
    assert market.trading(CODE, at(10)).lapse_ms == int(closing.time[-1])


def test_a_halt_stops_every_venue_and_an_interruption_only_the_alternative_one() -> None:
    market = open_market()
    market.overlay.halt(CODE, at(10))
    market.overlay.resume(CODE, at(11))
    for venue in Venue:
        states = [market.trading(CODE, at(*time), venue).matching
                  for time in ((9, 59), (10, 0, 1), (11, 0, 1))]  # fmt: skip
        assert states == [CONTINUOUS, HALTED, CONTINUOUS]
    market.incidents.interrupt("247540", at(10), "static", up=True)
    found = {venue: market.trading("247540", at(10, 1), venue).matching for venue in Venue}
    assert found == {Venue.KRX: AUCTION, Venue.NXT: HALTED, Venue.ALL: AUCTION}


def test_unknown_symbols_are_an_error() -> None:
    with pytest.raises(KeyError):
        shared_market().trading("000000", at(10, on=RUN_DAY))
