"""The table of order types is that of the broker."""

import pytest

from kiwoom_sim.exchange.order_types import ORDER_TYPES, VENUES, Destination, Life, Side

PRICE, NONE, STOP = "price", "no price", "price and trigger"

# code, name, what is given, KRX / NXT / SOR, life: the order pages of the broker's guide
TABLE = """
0   보통           price              YYY  session
3   시장가         no price           YNY  session
5   조건부지정가   price              YNN  session
6   최유리지정가   no price           YYY  session
7   최우선지정가   no price           YYY  session
10  보통(IOC)      price              YYY  at_once
13  시장가(IOC)    no price           YYY  at_once
16  최유리(IOC)    no price           YYY  at_once
20  보통(FOK)      price              YYY  all_or_nothing
23  시장가(FOK)    no price           YYY  all_or_nothing
26  최유리(FOK)    no price           YYY  all_or_nothing
28  스톱지정가     price and trigger  YYN  session
29  중간가         no price           YYN  session
30  중간가(IOC)    no price           YYN  at_once
31  중간가(FOK)    no price           YYN  all_or_nothing
61  장시작전시간외 no price           YNN  session
62  시간외단일가   price              YNN  session
81  장마감후시간외 no price           YYY  session
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_type_is_as_the_broker_tables_it(row: list[str]) -> None:
    code, name, *given, venues, life = row
    type_ = ORDER_TYPES[code]
    assert (type_.code, type_.name, type_.life) == (code, name, Life(life))
    assert type_.needs_price == (" ".join(given) in {PRICE, STOP})
    assert type_.needs_trigger == (" ".join(given) == STOP)
    places = zip(Destination, venues, strict=True)
    assert type_.to == tuple(place for place, known in places if known == "Y")
    assert type_.turns_to_market == (code == "5")


def test_there_are_no_other_types() -> None:
    assert sorted(ORDER_TYPES) == sorted(row[0] for row in ROWS)


def test_call_auctions_take_plain_orders_only() -> None:
    taken = [code for code, type_ in ORDER_TYPES.items() if not type_.needs_book]
    assert taken == ["0", "3", "5", "61", "62", "81"]


def test_every_destination_has_a_venue_and_sides_have_signs() -> None:
    assert list(VENUES) == list(Destination)
    assert (Side.BUY.sign, Side.SELL.sign) == (1, -1)
