"""Check what messages of `/ws` look like."""

import json

import pytest

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Quote
from kiwoom_sim.protocol.ralph.frames import iso_time, message, realtime_price
from tests.protocol.still_market import DAY, StillMarket, at
from tests.protocol.worlds import views


def test_times_are_korean() -> None:
    assert iso_time(moment(DAY, clock_ms(9, 5) + 70)) == "2026-03-20T09:05:00.070+09:00"
    assert iso_time(moment(DAY)) == "2026-03-20T00:00:00.000+09:00"


def test_a_message_has_its_type_first_and_its_time_last() -> None:
    text = message("pong", moment(DAY), note="가")
    assert text.decode() == (
        '{"type":"pong","note":"가","timestamp":"2026-03-20T00:00:00.000+09:00"}'
    )


def test_a_price_is_the_quote() -> None:
    now = views()
    quote = now.market.quote("005930", now.now_ms)
    told = realtime_price(now, "005930")
    assert (told.ticker, told.name) == ("005930", "삼성전자")
    assert (told.price, told.change, told.volume) == (
        quote.last,
        quote.last - quote.base,
        quote.volume,
    )
    assert (told.bid_price, told.ask_price) == (quote.bid, quote.ask)
    assert told.change_rate == round((quote.last - quote.base) / quote.base * 100, 2)
    assert quote.volume > 0


def test_before_the_first_trade_the_price_is_the_base() -> None:
    now = views(8, 0, 0)
    told = realtime_price(now, "005930")
    assert (told.change, told.change_rate, told.volume) == (0, 0.0, 0)
    assert told.price == now.market.quote("005930", now.now_ms).base


@pytest.mark.parametrize(("last", "rate"), [(70_000, 0.0), (70_100, 0.14), (69_900, -0.14)])
def test_the_rate_is_in_percent_with_two_digits(last: int, rate: float) -> None:
    still = StillMarket({}, {})
    quote = still.quote("005930", at(10))

    def set_to(*_: object) -> Quote:
        return Quote(**{n: getattr(quote, n) for n in Quote.__struct_fields__} | {"last": last})

    still.quote = set_to  # type: ignore[assignment] # a quote of the test's own
    told = realtime_price(Views(still, at(10)), "005930")  # type: ignore[arg-type] # stands for a market
    assert (told.change, told.change_rate) == (last - 70_000, rate)
    assert json.loads(message("x", 0, data=told))["data"]["change_rate"] == rate
