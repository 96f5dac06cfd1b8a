import json

import pytest

from kiwoom_sim.market.records import Level, Venue
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.projection import render_values
from kiwoom_sim.protocol.pushes import (
    RECORDS,
    PhasePush,
    QuotePush,
    StockDay,
    StockPush,
    book_push,
    index_push,
)
from tests.protocol import samples

DAY = StockDay(
    base=69_000, upper_limit=89_700, lower_limit=48_300, previous_volume=1_000,
    previous_turnover=69_000_000, listed_shares=1_000_000, open_time_ms=samples.NOON,
)  # fmt: skip
PUSH = StockPush(
    day=DAY, time_ms=samples.NOON, last=70_000, quantity=7, side=-1, ask=70_100, bid=70_000,
    volume=800, turnover=56_000_000, open=69_500, high=70_500, low=69_000, buy_volume=300,
    sell_volume=200, buy_count=30, sell_count=20,
)  # fmt: skip


def wire(kind: str, record: object, oddities: str = "as-real") -> dict[str, str]:
    spec = loader.realtime(kind)
    assert spec is not None
    values: dict[str, str] = json.loads(render_values(spec, oddities, record))  # type: ignore[arg-type]
    assert set(values) == set(spec.values)
    assert all(isinstance(value, str) for value in values.values())
    return values


def test_a_trade_shows_its_own_day() -> None:
    values = wire("0B", PUSH)
    assert values["10"] == "+70000"
    assert values["11"] == "+1000"
    assert values["12"] == "+1.45"
    assert values["15"] == "-7"
    assert values["16"] == "+69500"
    assert values["18"] == "69000"
    assert values["20"] == "120000"
    assert values["26"] == "-200"
    assert values["30"] == "-80.00"
    assert values["14"] == "56"
    assert values["29"] == "-13000000"
    assert values["228"] == "150.00"
    assert values["1313"] == "490"
    assert values["567"] == "000000"
    assert (values["1315"], values["1316"]) == ("7", "0")
    assert values["9081"] == "1"


def test_the_units_of_one_trade_message_differ() -> None:
    values = wire("0B", PUSH)
    assert values["311"] == str(70_000 * 1_000_000 // 100_000_000)
    assert values["31"] == "0.08"


@pytest.mark.parametrize(("side", "text"), [(1, "+7"), (-1, "-7"), (0, "7")])
def test_the_sign_of_a_quantity_is_who_began(side: int, text: str) -> None:
    changed = {name: getattr(PUSH, name) for name in PUSH.__struct_fields__} | {"side": side}
    assert wire("0B", StockPush(**changed))["15"] == text


def test_columns_that_are_blank_on_the_real_wire_are_filled_in_clean_mode() -> None:
    push = {name: getattr(PUSH, name) for name in PUSH.__struct_fields__}
    push |= {"same_time_volume": 400}
    assert wire("0B", StockPush(**push))["851"] == ""
    assert wire("0B", StockPush(**push), "clean")["851"] == "200.00"


def test_the_best_quotes_are_signed_against_the_base() -> None:
    assert wire("0C", QuotePush(base=100, ask=101, bid=100)) == {"27": "+101", "28": "100"}


def test_a_book_message_has_every_level() -> None:
    values = wire("0D", book_push(samples.book(), DAY, krx=samples.book()))
    assert values["21"] == "120000"
    assert values["41"] == "+70100"
    assert values["50"] == "+71000"
    assert values["51"] == "+70000"
    assert values["60"] == "+69100"
    assert values["71"] == "20"
    assert values["121"] == "550"
    assert values["128"] == "+550"
    assert values["129"] == "200.00"
    assert values["6044"] == "10"
    assert values["6066"] == "0"
    assert values["6102"] == "70050"


def test_a_combined_book_tells_its_venues_apart() -> None:
    krx = samples.book(asks=(Level(70_100, 6, 0),), ask_total=6)
    nxt = samples.book(asks=(Level(70_100, 4, 0),), ask_total=4)
    values = wire("0D", book_push(samples.book(), DAY, krx=krx, nxt=nxt))
    assert (values["61"], values["6044"], values["6066"]) == ("10", "6", "4")
    assert (values["6064"], values["6086"]) == ("6", "4")


def test_an_empty_level_is_minus_nothing_on_the_real_wire() -> None:
    push = book_push(samples.book(asks=(), ask_total=0), DAY)
    assert wire("0D", push)["41"] == "-0"
    assert wire("0D", push, "clean")["41"] == "0"


def test_an_expected_price_carries_its_change() -> None:
    book = samples.book(expected_price=70_000, expected_quantity=50)
    values = wire("0D", book_push(book, DAY))
    assert (values["23"], values["24"]) == ("70000", "50")
    assert (values["200"], values["201"], values["238"]) == ("1000", "1.45", "2")
    assert values["299"] == "+5.00"


def test_index_messages_have_two_decimals() -> None:
    values = wire("0J", index_push(samples.index_quote()))
    assert (values["10"], values["11"], values["12"]) == ("+5781.20", "+81.20", "+1.42")
    assert wire("0J", index_push(samples.index_quote(), closing=True))["20"] == "888888"
    breadth = wire("0U", index_push(samples.index_quote()))
    assert (breadth["252"], breadth["255"], breadth["257"]) == ("500", "300", "98.80")


def test_a_phase_notice() -> None:
    push = PhasePush(time_ms=samples.NOON, code="3", remaining="000000")
    assert wire("0s", push) == {"215": "3", "20": "120000", "214": "000000"}


def test_a_price_change_without_a_trade() -> None:
    assert wire("0A", PUSH)["25"] == "2"
    assert Venue.KRX not in RECORDS
